/** How long a session waits, in milliseconds, by the name that PostgreSQL gives each. */
export const sessionTimeouts = {
  statement_timeout: 10_000,
  lock_timeout: 5_000,
  idle_in_transaction_session_timeout: 15_000,
};
