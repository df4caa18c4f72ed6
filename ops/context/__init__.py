"""What every command gets: settings, credentials, a console without secrets, programs, errors."""
