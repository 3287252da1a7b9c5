"""What is owed, when, and how it was paid: schedule, charges, refunds, ledger."""
