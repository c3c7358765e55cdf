const maxLength = 64;

/** The name of a sender as a username: what usernames must not contain becomes `_`, and suffix included it fits. */
export function placeholderUsername(name: string, suffix: string): string {
  const allowed = name.replace(/[\s\p{C}@]/gu, '_').slice(0, maxLength - suffix.length);
  const whole = allowed.isWellFormed() ? allowed : allowed.slice(0, -1);
  return whole + suffix;
}
