import { once } from 'node:events'
import { createServer } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'

/** Just enough of Cognito for one sign-in; it takes any answer, as slowly as it is told to. */
export interface Upstream {
  url: string
  delayMs: number
  /** How many calls have come in, those it has not answered yet included. */
  calls: number
  close(): Promise<void>
}

const USERNAME = 'ada'

export async function startUpstream(clientId: string): Promise<Upstream> {
  const server = createServer((request, response) => {
    upstream.calls += 1
    request.resume()
    const operation = String(request.headers['x-amz-target']).split('.')[1]
    const answer = operation === 'InitiateAuth' ? challenge() : tokens(clientId)
    void sleep(upstream.delayMs).then(() =>
      response.setHeader('content-type', 'application/x-amz-json-1.1').end(JSON.stringify(answer)),
    )
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('not listening')

  const upstream: Upstream = {
    url: `http://127.0.0.1:${address.port}`,
    delayMs: 0,
    calls: 0,
    async close() {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }
  return upstream
}

function challenge(): object {
  return {
    ChallengeName: 'CUSTOM_CHALLENGE',
    Session: 'upstream-session',
    ChallengeParameters: { USERNAME, token: 'a.b.c', url: 'https://example.com/challenge' },
  }
}

function tokens(clientId: string): object {
  const claims = { username: USERNAME, client_id: clientId }
  const token = ['{}', JSON.stringify(claims), 'unsigned']
    .map((part) => Buffer.from(part).toString('base64url'))
    .join('.')
  const result = { AccessToken: token, IdToken: token, RefreshToken: 'refresh', ExpiresIn: 3600 }
  return { AuthenticationResult: { ...result, TokenType: 'Bearer' }, ChallengeParameters: {} }
}
