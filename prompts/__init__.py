"""The words that the service puts around its quotes, one template a file.

`onrecord.service.answers.prompts` reads and checks them.
"""
