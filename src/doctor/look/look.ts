import { cognitoClient } from '../../cognito/client.ts'
import type { Config } from '../../config.ts'
import type { Facts } from '../facts.ts'
import { lookAtAuthsignal } from './authsignal.ts'
import { lookAtClient, lookAtPool, lookAtSigningKeys } from './cognito.ts'
import { lookAtPermissions } from './permissions.ts'
import { lookAtRedis } from './redis.ts'

/** Whoever takes longer for one answer counts as away. */
const MOST_MS = 10_000

/** Asks Cognito, Authsignal and Redis what the checks go by. No call changes anything. */
export async function look(config: Config): Promise<Facts> {
  const timeoutMs = Math.min(config.UPSTREAM_TIMEOUT_MS, MOST_MS)
  const client = cognitoClient({ region: config.AWS_REGION, endpoint: config.COGNITO_ENDPOINT })
  const access = { client, config, timeoutMs }
  const { AUTHSIGNAL_URL: url, AUTHSIGNAL_SECRET: secret } = config
  try {
    const pool = lookAtPool(access)
    const [appClient, permissions, keys, tenant, redis] = await Promise.all([
      lookAtClient(access),
      pool.then((looked) => lookAtPermissions(access, looked)),
      lookAtSigningKeys(config, timeoutMs),
      lookAtAuthsignal({ url, secret, timeoutMs }),
      lookAtRedis(config.REDIS_URL),
    ])
    return {
      config,
      pool: await pool,
      client: appClient,
      permissions,
      signingKeys: keys.signingKeys,
      authsignal: tenant.authsignal,
      clocks: { Cognito: keys.clock, Authsignal: tenant.clock },
      redis,
    }
  } finally {
    client.destroy()
  }
}
