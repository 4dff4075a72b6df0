"""The words that the service puts around its quotes, one template a file; `service.prompts` reads and checks them."""
