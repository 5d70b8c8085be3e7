import { createServer } from 'node:http'

/**
 * Cognito as a process that costs as little as it can: each call is answered at once with texts of
 * the real lengths. It decides nothing, and so can be used to measure nothing but its callers.
 */
const CLIENT_ID = process.env['COGNITO_CLIENT_ID'] ?? ''
const USERNAME = '7a9d2f5e-3c41-4b8a-9e57-0d1c6b2f8a34'

const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
const jwt = (claims: object, length: number) => {
  const head = `${part({ kid: 'k'.repeat(44), alg: 'RS256' })}.${part(claims)}.`
  return head + 's'.repeat(Math.max(342, length - head.length))
}
const claims = { sub: USERNAME, username: USERNAME, client_id: CLIENT_ID, iat: 1, exp: 2 }
const challengeToken = jwt({ sub: USERNAME, idempotencyKey: 'a'.repeat(32), iat: 1 }, 700)

const CHALLENGE = JSON.stringify({
  ChallengeName: 'CUSTOM_CHALLENGE',
  Session: 'S'.repeat(1_560),
  ChallengeParameters: {
    USERNAME,
    token: challengeToken,
    url: `https://mfa.example.com/challenge?token=${challengeToken}`,
  },
})
const TOKENS = JSON.stringify({
  AuthenticationResult: {
    AccessToken: jwt(claims, 1_050),
    IdToken: jwt({ ...claims, email: 'ada@example.com' }, 1_150),
    RefreshToken: 'R'.repeat(1_780),
    ExpiresIn: 3_600,
    TokenType: 'Bearer',
  },
  ChallengeParameters: {},
})

createServer((request, response) => {
  request.resume()
  request.on('end', () => {
    const target = request.headers['x-amz-target']?.toString() ?? ''
    const isStart = /\.(?:Admin)?InitiateAuth$/.test(target)
    const answer = isStart ? CHALLENGE : TOKENS
    response
      .writeHead(200, {
        'content-type': 'application/x-amz-json-1.1',
        'content-length': Buffer.byteLength(answer),
      })
      .end(answer)
  })
}).listen(Number(process.env['PORT']), '127.0.0.1')
