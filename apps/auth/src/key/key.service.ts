import { Inject, Injectable, type BeforeApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { calculateJwkThumbprint, exportJWK, generateKeyPair, importJWK, type CryptoKey, type JWK } from 'jose';
import type { Jwks } from '#contracts/auth.contract.js';
import { Loop } from '#service/loop.js';
import { authConfig, type AuthConfig } from '../auth.config.js';
import { deriveKey } from './derive-key.js';
import { KeyRepository, type RotationPeriods } from './key.repository.js';
import { seal, unseal } from './sealed-key.js';
import type { SigningKeyEntity } from './signing-key.entity.js';

const algorithm = 'EdDSA';
const curve = 'Ed25519';
/** Clocks may differ so much, and a replica may have read the keys so long ago. */
const skewSeconds = 120;
const longestPauseMs = 60_000;

interface SigningKey {
  readonly kid: string;
  readonly publicKey: string;
  readonly privateKey: CryptoKey;
  readonly signsFrom: Date;
}

/**
 * Keeps the keys of access tokens: in the database, sealed; here, opened. A key is published before it signs and stays
 * published until the tokens that it signed have expired.
 */
@Injectable()
export class KeyService implements OnModuleInit, BeforeApplicationShutdown {
  private readonly sealingKey: Buffer;
  private readonly periods: RotationPeriods;
  private readonly loop: Loop;
  private keys: readonly SigningKey[] = [];

  constructor(
    private readonly repository: KeyRepository,
    @Inject(authConfig) config: AuthConfig,
  ) {
    this.sealingKey = deriveKey(config.FECHATTER_SECRET, 'signing-keys');
    this.periods = {
      signing: config.SIGNING_KEY_SECONDS,
      notice: config.SIGNING_KEY_NOTICE_SECONDS,
      afterlife: config.ACCESS_TOKEN_SECONDS + skewSeconds,
    };
    const pauseMs = Math.min(longestPauseMs, (config.SIGNING_KEY_NOTICE_SECONDS * 1000) / 4);
    this.loop = new Loop('auth.keys', pauseMs, () => this.update());
  }

  /** No token can be signed without a key: the start fails when there is none to be had. */
  async onModuleInit(): Promise<void> {
    await this.update();
    this.loop.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.loop.stop();
  }

  /** The key that signs now. */
  current(): { kid: string; privateKey: CryptoKey } {
    const now = Date.now();
    const key = this.keys.findLast(({ signsFrom }) => signsFrom.getTime() <= now) ?? this.keys[0];
    if (key === undefined) throw new Error('The signing keys are not loaded');
    return key;
  }

  /** Every key under which a token may be signed, those that will sign next included. */
  list(): Jwks {
    const keys = this.keys.map(({ kid, publicKey }) => ({
      kty: 'OKP',
      crv: curve,
      x: publicKey,
      kid,
      alg: algorithm,
      use: 'sig',
    }));
    return { keys };
  }

  private async update(): Promise<void> {
    await this.repository.rotate(this.periods, () => this.make());
    const opened = new Map(this.keys.map(({ kid, privateKey }) => [kid, privateKey]));
    const rows = await this.repository.list();
    this.keys = await Promise.all(
      rows.map(async ({ kid, public_key, private_key, signs_from }) => ({
        kid,
        publicKey: public_key,
        privateKey: opened.get(kid) ?? (await this.open(kid, private_key)),
        signsFrom: signs_from,
      })),
    );
  }

  private async make(): Promise<Omit<SigningKeyEntity, 'signs_from'>> {
    const { privateKey } = await generateKeyPair(algorithm, { crv: curve, extractable: true });
    const jwk = await exportJWK(privateKey);
    if (jwk.x === undefined) throw new Error('The new signing key has no public part');
    const kid = await calculateJwkThumbprint({ kty: 'OKP', crv: curve, x: jwk.x });
    return { kid, public_key: jwk.x, private_key: seal(this.sealingKey, kid, JSON.stringify(jwk)) };
  }

  private async open(kid: string, sealed: Buffer): Promise<CryptoKey> {
    const key = await importJWK(this.unsealed(kid, sealed), algorithm);
    if (key instanceof Uint8Array) throw new Error(`Signing key ${kid} is not an asymmetric key`);
    return key;
  }

  private unsealed(kid: string, sealed: Buffer): JWK {
    try {
      return JSON.parse(unseal(this.sealingKey, kid, sealed)) as JWK;
    } catch (error) {
      throw new Error(
        'FECHATTER_SECRET does not open the signing keys in the database: start with the secret they were made under. ' +
          'If it is lost, delete the rows of auth.signing_keys: everybody has to refresh once.',
        { cause: error },
      );
    }
  }
}
