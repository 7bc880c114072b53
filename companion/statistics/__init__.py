"""The 統計指標 of all municipalities: public figures for looking at a place, never for judging."""
