"""Security: lockouts, sessions, suspensions, second factors, settings in force."""
