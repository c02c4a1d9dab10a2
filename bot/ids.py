"""Every callback, action and block id that Slack sends back to us. No loose strings elsewhere.

Three conventions keep handlers short:

* an input's block id is the name of the command's field it fills, so a refusal that names a field
  appears at that very input;
* the action id of an input without a listener is ``Action.INPUT``; a select that asks us for its
  options has an action id of its own in ``Options``;
* a button on a card has an ``Action`` of the form ``<concept>.<verb>``.
"""

from enum import StrEnum


class SlashCommand(StrEnum):
    """Slash commands; each is in manifest.yml too."""

    WO = "/wo"
    PARTS = "/parts"
    PO = "/po"
    WOPO = "/wopo"
    RECEIVE = "/receive"
    INVOICE = "/invoice"


class Shortcut(StrEnum):
    """Shortcuts; each is in manifest.yml too."""

    REPORT_PROBLEM = "report_problem"
    MAKE_WORK_ORDER = "make_work_order"
    REQUEST_PART = "request_part"
    RECEIVE_GOODS = "receive_goods"


class Callback(StrEnum):
    """Modals, by what they are for."""

    NOTICE = "notice"
    CONFIRM = "confirm"
    NEW_WORK = "new_work"
    JOB_DETAILS = "job_details"
    CHANGE_JOB = "change_job"
    ASSIGN_JOB = "assign_job"
    RELEASE_JOB = "release_job"
    HOLD_JOB = "hold_job"
    COMPLETE_JOB = "complete_job"
    CANCEL_JOB = "cancel_job"
    LOG_LABOUR = "log_labour"
    ADD_NEED = "add_need"
    REJECT_REQUEST = "reject_request"
    REQUEST_PARTS = "request_parts"
    PART_LINES = "part_lines"
    CANCEL_PART_LINE = "cancel_part_line"
    RETURN_PART = "return_part"
    SOURCE_LINE = "source_line"
    REJECT_ORDER = "reject_order"
    ASK_ABOUT_ORDER = "ask_about_order"
    ANSWER_QUESTION = "answer_question"
    ORDER_DETAILS = "order_details"
    CHANGE_ORDER = "change_order"
    NEW_ORDER = "new_order"
    ORDER_PROMISE = "order_promise"
    CLOSE_ORDER_SHORT = "close_order_short"
    CANCEL_ORDER = "cancel_order"
    WITHDRAW_ORDER = "withdraw_order"
    SETTINGS = "settings"
    CHOOSE_DELIVERY = "choose_delivery"
    RECEIVE = "receive"
    CHOOSE_BILLED = "choose_billed"
    INVOICE = "invoice"
    REJECT_INVOICE = "reject_invoice"
    PAY_INVOICE = "pay_invoice"
    DECIDE_CASE = "decide_case"
    SUBSCRIBE = "subscribe"


class Action(StrEnum):
    """Buttons and inputs."""

    INPUT = "input"
    LINK = "link"
    NEW_WORK = "work.new"
    MORE_FIELDS = "work.more_fields"
    SHOW_JOB = "work.show"
    QUEUE = "work.queue"
    MINE = "work.mine"
    JOB_DETAILS = "job.details"
    JOB_APPROVE = "job.approve"
    JOB_TAKE = "job.take"
    JOB_ASSIGN = "job.assign"
    JOB_RELEASE = "job.release"
    JOB_START = "job.start"
    JOB_HOLD = "job.hold"
    JOB_RESUME = "job.resume"
    JOB_COMPLETE = "job.complete"
    JOB_CLOSE = "job.close"
    JOB_CANCEL = "job.cancel"
    JOB_CHANGE = "job.change"
    JOB_LOG_LABOUR = "job.log_labour"
    JOB_ADD_NEED = "job.add_need"
    JOB_NEED_READY = "job.need_ready"
    JOB_NEED_NOT_READY = "job.need_not_ready"
    JOB_CHANGE_PAGE = "job.change_page"
    REQUEST_APPROVE = "request.approve"
    REQUEST_REJECT = "request.reject"
    HOME_SETTINGS = "home.settings"
    PARTS_REQUEST = "parts.request"
    PARTS_ADD_ANOTHER = "parts.add_another"
    PARTS_DROP_LINE = "parts.drop_line"
    PARTS_QUANTITY = "parts.quantity"
    PARTS_SHOW = "parts.show"
    PARTS_LIST = "parts.list"
    PART_ISSUE = "part.issue"
    PART_RETURN = "part.return"
    PART_CANCEL = "part.cancel"
    PART_SOURCE = "part.source"
    ORDER_APPROVE = "order.approve"
    ORDER_REJECT = "order.reject"
    ORDER_ASK = "order.ask"
    ORDER_ANSWER = "order.answer"
    ORDER_SHOW = "order.show"
    ORDER_LIST = "order.list"
    ORDER_NEW = "order.new"
    ORDER_DETAILS = "order.details"
    ORDER_CHANGE = "order.change"
    ORDER_CHANGE_PAGE = "order.change_page"
    ORDER_SUBMIT = "order.submit"
    ORDER_WITHDRAW = "order.withdraw"
    ORDER_ISSUE = "order.issue"
    ORDER_PROMISE = "order.promise"
    ORDER_CLOSE_SHORT = "order.close_short"
    ORDER_CLOSE = "order.close"
    ORDER_CANCEL = "order.cancel"
    RECEIVE = "receive.choose"
    RECEIVE_NUMBER = "receive.number"
    RECEIVE_MORE = "receive.more"
    ORDER_RECEIVE = "order.receive"
    INVOICE_NEW = "invoice.new"
    INVOICE_DETAILS = "invoice.details"
    INVOICE_MAKE_PAYABLE = "invoice.make_payable"
    INVOICE_PAID = "invoice.paid"
    INVOICE_REJECT = "invoice.reject"
    CASE_TAKE = "case.take"
    CASE_RECORD_RECEIPT = "case.record_receipt"
    CASE_ACCEPT = "case.accept"
    CASE_DISPUTE = "case.dispute"
    CASE_REJECT_INVOICE = "case.reject_invoice"
    CASE_NOT_DUPLICATE = "case.not_duplicate"
    CASE_ACKNOWLEDGE = "case.acknowledge"
    CASE_SHOW = "case.show"
    SUBSCRIBE = "subscription.open"
    UNSUBSCRIBE = "subscription.end"
    INBOX = "inbox.show"
    WHY = "why.show"


class Options(StrEnum):
    """Selects whose options we look up."""

    LOCATION = "options.location"
    ASSET = "options.asset"
    ASSIGNEE = "options.assignee"
    PERSON = "options.person"
    CLIENT = "options.client"
    COST_CENTRE = "options.cost_centre"
    PROJECT = "options.project"
    JOB = "options.job"
    PART = "options.part"
    VENDOR = "options.vendor"
    STORE = "options.store"
    OPEN_ORDER = "options.open_order"
    BILLED_ORDER = "options.billed_order"


class Block(StrEnum):
    """Blocks that are no command field."""

    ACKNOWLEDGED = "acknowledged"
    REFUSAL = "refusal"
