import type { FastifyInstance } from 'fastify'
import { unauthorized } from '../api-error.ts'
import type { Backend } from '../backend.ts'
import { basicUsername } from '../basic-auth.ts'
import { actionRoutes } from './actions.ts'
import { authenticatorRoutes } from './authenticators.ts'
import { trackRoute } from './track.ts'
import { userRoutes } from './users.ts'
import { validateRoute } from './validate.ts'

/** What the holder of the secret key calls. */
export async function serverApi(app: FastifyInstance, backend: Backend): Promise<void> {
  // In preHandler, so that the call log and the fault rules see refused calls as well.
  app.addHook('preHandler', async (request) => {
    if (basicUsername(request.headers.authorization) !== backend.secret) {
      throw unauthorized('The API secret key is not valid for this tenant and region.')
    }
  })

  trackRoute(app, backend)
  validateRoute(app, backend)
  userRoutes(app, backend)
  authenticatorRoutes(app, backend)
  actionRoutes(app, backend)
}
