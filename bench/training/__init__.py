"""Scripts that train and fit the models that are shipped."""
