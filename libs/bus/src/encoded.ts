/** A reply that its service has encoded as JSON already: it travels to the client's socket untouched. */
export class Encoded {
  constructor(readonly bytes: Buffer) {}
}
