"""What is remembered of announcements: whom they are for, what rides along, and how far they came."""

from data.broadcasts.files import FOLLOWS, KIND, BroadcastFile
from data.broadcasts.records import Broadcast, Counts, Family, Told
from data.broadcasts.shelf import Broadcasts

__all__ = ["FOLLOWS", "KIND", "Broadcast", "BroadcastFile", "Broadcasts", "Counts", "Family", "Told"]
