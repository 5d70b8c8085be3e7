import { createHmac, hkdfSync, randomBytes } from 'node:crypto'
import { bytesOf, G, hash, K, N, numberOf, power } from '../../local/cognito/srp/group.ts'

/** The client's side of a sign-in by password, for callers that use no SDK of Amplify's. */
export interface SrpClient {
  /** SRP_A. */
  publicValue: string
  /** What answers PASSWORD_VERIFIER. */
  claim(
    parameters: Record<string, string>,
    password: string,
    timestamp?: string,
  ): Record<string, string>
}

export function srpClient(poolId: string): SrpClient {
  const a = numberOf(randomBytes(32))
  const A = power(G, a)
  const poolName = poolId.split('_')[1]!

  function keyFor({ SRP_B, SALT, USER_ID_FOR_SRP }: Record<string, string>, password: string) {
    const B = BigInt(`0x${SRP_B}`)
    const u = numberOf(hash(bytesOf(A), bytesOf(B)))
    const identity = hash(`${poolName}${USER_ID_FOR_SRP}:${password}`)
    const x = numberOf(hash(bytesOf(BigInt(`0x${SALT}`)), identity))
    const base = (((B - K * power(G, x)) % N) + N) % N
    const shared = power(base, a + u * x)
    return Buffer.from(hkdfSync('sha256', bytesOf(shared), bytesOf(u), 'Caldera Derived Key', 16))
  }

  return {
    publicValue: A.toString(16),
    claim(parameters, password, timestamp = now()) {
      const { SECRET_BLOCK = '', USER_ID_FOR_SRP = '' } = parameters
      const signature = createHmac('sha256', keyFor(parameters, password))
        .update(`${poolName}${USER_ID_FOR_SRP}`)
        .update(Buffer.from(SECRET_BLOCK, 'base64'))
        .update(timestamp)
      return {
        USERNAME: USER_ID_FOR_SRP,
        PASSWORD_CLAIM_SECRET_BLOCK: SECRET_BLOCK,
        PASSWORD_CLAIM_SIGNATURE: signature.digest('base64'),
        TIMESTAMP: timestamp,
      }
    },
  }
}

/** Mon Jan 5 09:03:00 UTC 2026 */
function now(): string {
  const [weekday, day, month, year, time] = new Date().toUTCString().replace(',', '').split(' ')
  return `${weekday} ${month} ${Number(day)} ${time} UTC ${year}`
}
