import { createHmac, hkdfSync, randomBytes, timingSafeEqual } from 'node:crypto'
import { bytesOf, G, hash, K, N, numberOf, power } from './group.ts'
import type { PasswordVerifier } from './password.ts'

/** The server's side of one proof of a password. */
export interface Exchange {
  password: PasswordVerifier
  clientPublic: bigint
  serverPrivate: bigint
  serverPublic: bigint
  /** The caller returns it untouched; the real one holds the server's state, encrypted. */
  secretBlock: string
}

export interface PasswordClaim {
  poolName: string
  userId: string
  timestamp: string
  /** Base64. */
  signature: string
}

/** @param clientPublic SRP_A; one that is a multiple of N would make the key known to anybody */
export function openExchange(password: PasswordVerifier, clientPublic: bigint): Exchange {
  const serverPrivate = numberOf(randomBytes(32))
  const verifier = BigInt(`0x${password.verifier}`)
  return {
    password,
    clientPublic,
    serverPrivate,
    serverPublic: (K * verifier + power(G, serverPrivate)) % N,
    secretBlock: randomBytes(1024).toString('base64'),
  }
}

/** True when the claim was made with the password (SRP-6a, RFC 5054). */
export function isPasswordProven(exchange: Exchange, claim: PasswordClaim): boolean {
  const { poolName, userId, timestamp, signature } = claim
  const expected = createHmac('sha256', keyOf(exchange))
    .update(`${poolName}${userId}`)
    .update(Buffer.from(exchange.secretBlock, 'base64'))
    .update(timestamp)
    .digest()
  const given = Buffer.from(signature, 'base64')
  return given.length === expected.length && timingSafeEqual(given, expected)
}

function keyOf({ password, clientPublic, serverPrivate, serverPublic }: Exchange): Buffer {
  const u = numberOf(hash(bytesOf(clientPublic), bytesOf(serverPublic)))
  const verifier = BigInt(`0x${password.verifier}`)
  const shared = power(clientPublic * power(verifier, u), serverPrivate)
  return Buffer.from(hkdfSync('sha256', bytesOf(shared), bytesOf(u), 'Caldera Derived Key', 16))
}
