"""People: accounts, the roles they hold, the ministries they belong to, and signing in."""
