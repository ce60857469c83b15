"""What happens in a project, told to servers of its managers by the Standard Webhooks rules."""
