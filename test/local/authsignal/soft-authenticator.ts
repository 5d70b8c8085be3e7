import { createHash, generateKeyPairSync, randomBytes, sign, type KeyObject } from 'node:crypto'

/** What a real device would not do; every field is a lie of one kind. */
export interface Lies {
  origin?: string
  /** Of a page that has the asking one in a frame. */
  topOrigin?: string
  rpId?: string
  challenge?: string
  type?: string
  isVerified?: boolean
  counter?: number
  key?: KeyObject
  credentialId?: string
}

export interface SoftCredential {
  id: string
  key: KeyObject
  counter: number
}

const sha256 = (data: string | Buffer) => createHash('sha256').update(data).digest()

/** An authenticator in software, which can be made to cheat (WebAuthn, sections 6.1 and 6.5). */
export class SoftAuthenticator {
  readonly origin: string
  readonly rpId: string

  constructor(origin: string, rpId = 'localhost') {
    this.origin = origin
    this.rpId = rpId
  }

  create(challenge: string, lies: Lies = {}) {
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    const { x, y } = publicKey.export({ format: 'jwk' })
    const id = lies.credentialId ? Buffer.from(lies.credentialId, 'base64url') : randomBytes(16)
    const cose = Buffer.concat([
      // {1: EC2, 3: ES256, -1: P-256, -2: x, -3: y}
      Buffer.from('a5010203262001215820', 'hex'),
      Buffer.from(String(x), 'base64url'),
      Buffer.from('225820', 'hex'),
      Buffer.from(String(y), 'base64url'),
    ])
    const length = Buffer.alloc(2)
    length.writeUInt16BE(id.length)
    const attested = Buffer.concat([Buffer.alloc(16), length, id, cose])
    const authData = this.#authData({ counter: 0, ...lies }, attested)
    const attestationObject = Buffer.concat([
      // {fmt: 'none', attStmt: {}, authData}
      Buffer.from('a363666d74646e6f6e656761747453746d74a068617574684461746158', 'hex'),
      Buffer.from([authData.length]),
      authData,
    ])
    const clientDataJSON = this.#clientData('webauthn.create', challenge, lies)
    const credential: SoftCredential = { id: id.toString('base64url'), key: privateKey, counter: 0 }
    return {
      credential,
      answer: {
        id: credential.id,
        rawId: credential.id,
        type: 'public-key',
        authenticatorAttachment: 'platform',
        clientExtensionResults: {},
        response: {
          clientDataJSON: clientDataJSON.toString('base64url'),
          attestationObject: attestationObject.toString('base64url'),
          transports: ['internal'],
        },
      },
    }
  }

  get(credential: SoftCredential, challenge: string, lies: Lies = {}) {
    credential.counter += 1
    const authData = this.#authData({ counter: credential.counter, ...lies })
    const clientDataJSON = this.#clientData('webauthn.get', challenge, lies)
    const signed = Buffer.concat([authData, sha256(clientDataJSON)])
    const id = lies.credentialId ?? credential.id
    return {
      id,
      rawId: id,
      type: 'public-key',
      clientExtensionResults: {},
      response: {
        clientDataJSON: clientDataJSON.toString('base64url'),
        authenticatorData: authData.toString('base64url'),
        signature: sign('sha256', signed, lies.key ?? credential.key).toString('base64url'),
        userHandle: 'aW9zLXNlbmRzLWFub3RoZXI',
      },
    }
  }

  #clientData(type: string, challenge: string, lies: Lies): Buffer {
    const { origin } = this
    return Buffer.from(
      JSON.stringify({ type, challenge, origin, crossOrigin: false, ...pick(lies) }),
    )
  }

  #authData({ rpId = this.rpId, isVerified = true, counter = 0 }: Lies, attested?: Buffer): Buffer {
    const rest = Buffer.alloc(5)
    // User present, user verified, attested data included.
    rest.writeUInt8(0x01 | (isVerified ? 0x04 : 0) | (attested ? 0x40 : 0))
    rest.writeUInt32BE(counter, 1)
    return Buffer.concat([sha256(rpId), rest, attested ?? Buffer.alloc(0)])
  }
}

function pick({ origin, topOrigin, challenge, type }: Lies): object {
  return {
    ...(origin && { origin }),
    ...(topOrigin && { topOrigin, crossOrigin: true }),
    ...(challenge && { challenge }),
    ...(type && { type }),
  }
}

/** Some other key. */
export function otherKey(): KeyObject {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  return privateKey
}
