"""The main window itself: menus, docks, messages, the start list, leaving; it puts the features together."""
