"""Assembly of the application: settings, addresses, server entry.

A setting reaches the code in one way only: an environment variable of `variables`, read
once by `settings`, then `django.conf.settings`.
"""
