import type { UserCaller } from '#bus/bus.js';
import type { SessionRevocations } from '../security/session-revocations.js';

/** The session of an import, which may take longer than its access token lives. `close` it in the end. */
export class ImportSession {
  readonly close: () => void;
  private hasEnded: boolean;

  constructor(
    private readonly revocations: SessionRevocations,
    private readonly caller: UserCaller,
  ) {
    const { session_id } = caller;
    this.hasEnded = revocations.isRevoked(session_id);
    // Ended sessions are forgotten before an import need be over.
    this.close = revocations.onRevoked((revocation) => {
      if (revocation.session_id === session_id) this.hasEnded = true;
    });
  }

  /** The caller, for so long from now on; undefined when the session has ended. UNAVAILABLE when that cannot be told. */
  async callerFor(durationMs: number): Promise<UserCaller | undefined> {
    if (!this.revocations.areFresh) await this.revocations.refresh();
    if (this.hasEnded) return undefined;
    return { ...this.caller, expires_at: Math.ceil((Date.now() + durationMs) / 1_000) };
  }
}
