import { invalidParameter, resourceNotFound } from './protocol/errors.ts'

export interface LocalClient {
  clientId: string
  clientSecret?: string
  /** The API's own default is LEGACY; the stand-in defaults to what pools should use. */
  preventUserExistenceErrors?: 'LEGACY' | 'ENABLED'
  authSessionValidityMinutes?: number
  /** Left out: refresh, SRP and custom are allowed (service model). */
  explicitAuthFlows?: string[]
  /** What users may change of themselves. Left out: the standard attributes (service model). */
  writeAttributes?: string[]
  /** What users may read of themselves; only described, not heeded. Left out: everything. */
  readAttributes?: string[]
  accessTokenSeconds?: number
  idTokenSeconds?: number
  refreshTokenSeconds?: number
  refreshTokenRotation?: { retryGracePeriodSeconds: number }
  tokenRevocation?: boolean
}

/** A client with every default filled in; what has none stays optional. */
export type Client = Required<Omit<LocalClient, Unset>> & Pick<LocalClient, Unset>

type Unset =
  | 'clientSecret'
  | 'refreshTokenRotation'
  | 'explicitAuthFlows'
  | 'writeAttributes'
  | 'readAttributes'

export class Clients {
  #clients: Map<string, Client>

  constructor(clients: LocalClient[]) {
    this.#clients = new Map(clients.map((client) => [client.clientId, withDefaults(client)]))
  }

  find(clientId: string): Client | undefined {
    return this.#clients.get(clientId)
  }

  get(clientId: string): Client {
    const client = this.find(clientId)
    if (!client) throw resourceNotFound(`User pool client ${clientId} does not exist.`)
    return client
  }
}

function withDefaults(client: LocalClient): Client {
  return {
    preventUserExistenceErrors: 'ENABLED',
    authSessionValidityMinutes: 3,
    accessTokenSeconds: 3600,
    idTokenSeconds: 3600,
    refreshTokenSeconds: 30 * 24 * 3600,
    tokenRevocation: true,
    ...client,
  }
}

export function requireFlow(client: Client, flow: string): void {
  const allowed = client.explicitAuthFlows
  if (allowed?.includes('CUSTOM_AUTH_FLOW_ONLY') && !/^(CUSTOM|REFRESH)/.test(flow)) {
    throw invalidParameter('Only custom auth (lambda driven) is enabled for this client.')
  }
  const legacy = flow === 'CUSTOM_AUTH' && allowed?.includes('CUSTOM_AUTH_FLOW_ONLY')
  if (!allowed || legacy || allowed.includes(`ALLOW_${flow}`)) return
  // Text and type as seen for USER_SRP_AUTH (aws-amplify/amplify-swift#3537); assumed for others.
  throw invalidParameter(`${flow} is not enabled for the client.`)
}
