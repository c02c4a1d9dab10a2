"""Uses of waivers are part of the audit trail; nobody is told at once."""

from wopo.domain.waivers import WaiverUsed
from wopo.usecases.door import silent

silent(WaiverUsed, "each use is in the audit trail, which the auditor's report counts")
