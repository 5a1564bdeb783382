from typing import Any
def shortcuts(tf: Any) -> Any:
    return {}
