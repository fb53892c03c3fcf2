"""What Streamlit does of its own accord, and is kept from here.

It keeps every file that is sent to an open session until the session ends, asked for or not. The page reads a file
once, right after it has come; so a few are enough, and nobody can fill the memory with them.

Where another site's page knocks, it asks a server in the net for its own address, to compare; everybody waits for the
answer. An app that is reached under a name, or on this machine, needs no such address.
"""

from collections import OrderedDict
from functools import lru_cache

from streamlit import net_util, runtime
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.uploaded_file_manager import UploadedFileRec

MOST_OF_ONE = 3  # files of a session: one that is shown, and others on their way
MOST_OF_ALL = 60  # of all sessions; each has at most 1 MB


@lru_cache(maxsize=1)
def close_doors() -> None:
    """Once per process: keep few uploads, and ask nobody for an address."""
    net_util._external_ip = ""
    manager = runtime.get_instance().uploaded_file_mgr if runtime.exists() else None
    if isinstance(manager, MemoryUploadedFileManager):  # or there is no server, but a test
        keep_few(manager)


def keep_few(manager: MemoryUploadedFileManager) -> None:
    """From now on a new file puts the oldest out, of its session and of all."""
    add = manager.add_file
    kept: OrderedDict[tuple[str, str], None] = OrderedDict()

    def add_file(session_id: str, file: UploadedFileRec) -> None:
        add(session_id, file)
        kept[session_id, file.file_id] = None
        kept.move_to_end((session_id, file.file_id))
        own = [each for each in kept if each[0] == session_id]
        for session, name in {*own[:-MOST_OF_ONE], *list(kept)[:-MOST_OF_ALL]}:
            del kept[session, name]
            manager.remove_file(session, name)

    manager.add_file = add_file  # type: ignore[method-assign]
