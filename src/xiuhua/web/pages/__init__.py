"""The pages of the site, one package per family: urls, views, forms."""
