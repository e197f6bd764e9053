"""Local models: `model` is the front, a `session` holds what is loaded, and a batch goes through it in steps.

`chat` writes the prompt, `batch` forms the batches, `prefix` and `prefill` read what requests share once,
`lora` adds every row's own adapter, `decoding` and `draws` write the answer token by token, and `score`
weighs given options.
"""

from quorate.agents.local.model import LocalModel, transformers

__all__ = ["LocalModel", "transformers"]
