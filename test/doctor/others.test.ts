import t from 'tap'
import { examines, sessionKey } from './support.ts'

examines(t, 'config.session-keys', [
  ['one', {}, 'ok', /one key/],
  ['two', { env: { SESSION_KEYS: `${sessionKey(1)},${sessionKey(50)}` } }, 'ok', /2 different/],
  ['one twice', { env: { SESSION_KEYS: `${sessionKey(1)},${sessionKey(1)}` } }, 'warning', /twice/],
  [
    'no random one',
    { env: { SESSION_KEYS: Buffer.alloc(32).toString('base64') } },
    'problem',
    /openssl rand/,
  ],
])

const redirect = (...urls: string[]) => ({ env: { ALLOWED_REDIRECT_URLS: urls.join(',') } })
examines(t, 'config.redirect-urls', [
  ['none', {}, 'skipped'],
  ['https and an app', redirect('https://app.example.com/back', 'myapp://back'), 'ok'],
  ['local', redirect('http://localhost:3080/back', 'https://a.example'), 'warning', /1 of 2/],
  ['plain', redirect('http://app.example.com/back'), 'problem', /https:\/\//],
  ['a script', redirect('javascript:alert(1)'), 'problem'],
])

examines(t, 'config.endpoints', [
  ['none', {}, 'ok'],
  [
    'an emulator',
    { env: { COGNITO_ENDPOINT: 'http://localhost:9229' } },
    'warning',
    /unset COGNITO_ENDPOINT/,
  ],
])

examines(t, 'config.audit', [
  ['on', {}, 'ok'],
  ['off', { env: { AUDIT_LOG: 'off' } }, 'warning', /AUDIT_LOG=on/],
  ['silent', { env: { LOG_LEVEL: 'silent' } }, 'warning', /LOG_LEVEL=info/],
])

examines(t, 'authsignal.key', [
  ['good', {}, 'ok'],
  [
    'refused',
    { authsignal: { seen: { verdict: 'refused', status: 401 } } },
    'problem',
    /AUTHSIGNAL_SECRET/,
  ],
  [
    'of another region',
    {
      authsignal: {
        seen: { verdict: 'refused', status: 401, rightUrl: 'https://au.api.authsignal.com/v1' },
      },
    },
    'problem',
    /set AUTHSIGNAL_URL=https:\/\/au\./,
  ],
  [
    'elsewhere',
    { authsignal: { seen: { verdict: 'no_authsignal', status: 404 } } },
    'problem',
    /status 404/,
  ],
])

const ahead = (ms: number) => ({ clocks: { Cognito: { seen: ms }, Authsignal: { seen: 0 } } })
examines(t, 'clock.cognito', [
  ['a second', ahead(1_000), 'ok'],
  ['a minute ahead', ahead(60_000), 'warning', /60 s ahead/, /timedatectl/],
  ['an hour behind', ahead(-3_600_000), 'problem', /3600 s behind/],
  ['no date', { clocks: { Cognito: { unseen: 'no date' }, Authsignal: { seen: 0 } } }, 'skipped'],
])

const open = { denied: [], evictionPolicy: 'noeviction', isCluster: false }
examines(t, 'redis.writable', [
  ['none', {}, 'skipped'],
  ['good', { redis: { seen: open } }, 'ok'],
  ['a wrong password', { redis: { seen: { refused: 'WRONGPASS' } } }, 'problem', /REDIS_URL/],
])
examines(t, 'redis.commands', [
  ['good', { redis: { seen: open } }, 'ok'],
  [
    'no scripts',
    { redis: { seen: { ...open, denied: ['EVAL'] } } },
    'problem',
    /EVAL/,
    /ACL SETUSER/,
  ],
  ['not let in', { redis: { seen: { refused: 'WRONGPASS' } } }, 'skipped'],
])
examines(t, 'redis.settings', [
  ['good', { redis: { seen: open } }, 'ok'],
  [
    'evicts',
    { redis: { seen: { ...open, evictionPolicy: 'allkeys-lru' } } },
    'warning',
    /noeviction/,
  ],
  ['does not tell', { redis: { seen: { ...open, evictionPolicy: undefined } } }, 'skipped'],
  ['a cluster', { redis: { seen: { ...open, isCluster: true } } }, 'problem', /cluster/],
])
