import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import { Value } from 'typebox/value'
import type { Backend } from '../backend.ts'
import { findOpenLink } from './links.ts'
import { confirmedPage, confirmPage, PAGE_HEADERS, voidPage } from './page.ts'

const LinkQuery = Type.Object({ token: Type.String() })

/**
 * What opens from the mail, in whatever browser. Scanners of mail open links as well, so looking
 * changes nothing and only the button counts. Path and page are the stand-in's own.
 */
export function magicLinkPage(app: FastifyInstance, backend: Backend): void {
  app.get('/magic-link', (request, reply) => {
    const { query } = request
    const link = Value.Check(LinkQuery, query) ? findOpenLink(backend, query.token) : undefined
    return reply
      .code(link ? 200 : 410)
      .headers(PAGE_HEADERS)
      .send(link ? confirmPage(link.secret) : voidPage())
  })

  app.post('/magic-link', (request, reply) => {
    const form = new URLSearchParams(typeof request.body === 'string' ? request.body : '')
    const link = findOpenLink(backend, form.get('token') ?? '')
    if (link) link.state = 'confirmed'
    return reply
      .code(link ? 200 : 410)
      .headers(PAGE_HEADERS)
      .send(link ? confirmedPage() : voidPage())
  })
}
