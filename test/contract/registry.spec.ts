import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { events, rpcs } from '#contracts/registry.js';

describe('The contracts of the bus', () => {
  it('have each subject once', () => {
    const subjects = [...rpcs, ...events].map(({ subject }) => subject);
    expect(new Set(subjects).size).toBe(subjects.length);
    expect(subjects.length).toBeGreaterThan(40);
  });

  it('name the service first in every subject of a request', () => {
    for (const { subject } of rpcs) expect(subject).toMatch(/^(auth|chat|message|search)(\.[a-z_]+)+$/);
  });

  it('refuse unknown fields and can be shown as JSON Schema', () => {
    for (const { subject, request, reply } of rpcs) {
      expect(request.safeParse({ nobody_knows_this: 1 }).success).toBe(false);
      for (const schema of [request, reply])
        expect({ subject, shown: Object.keys(z.toJSONSchema(schema, { io: 'input' })).length > 1 }).toEqual({
          subject,
          shown: true,
        });
    }
  });
});
