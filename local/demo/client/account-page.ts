import { supportsWebAuthn } from './authsignal/device.ts'
import { Confirmations } from './challenge/confirmations.ts'
import type { Connection } from './connection.ts'
import { PaymentsPanel } from './payments/payments.ts'
import type { Session, SignedIn } from './session/session.ts'
import { AccountView } from './view/account-view.ts'
import { AuthenticatorsView } from './view/authenticators-view.ts'
import { actsOn } from './view/challenge-acts.ts'
import type { ChallengeView } from './view/challenge-view.ts'
import { ConfirmationView } from './view/confirmation-view.ts'
import { DeletionView } from './view/deletion-view.ts'
import { EnrolmentView } from './view/enrolment-view.ts'
import { PaymentsView } from './view/payments-view.ts'
import { ProfileView } from './view/profile-view.ts'
import type { Words } from './view/words.ts'
import { AuthenticatorsPanel } from './account/authenticators.ts'
import { Deletion } from './account/deletion.ts'
import { Enrolment } from './account/enrolment.ts'
import { ownMethods } from './account/own-methods.ts'
import { ProfilePanel } from './account/profile.ts'
import { StepUp } from './account/step-up.ts'

interface AccountParts {
  connection: Connection
  session: Session
  challengeView: ChallengeView
}

/** What somebody who is signed in sees: each panel's logic, wired to its view and to each other. */
export class AccountPage {
  readonly #session: Session
  readonly #view: AccountView
  readonly #confirmations: Confirmations
  readonly #profile: ProfilePanel
  readonly #authenticators: AuthenticatorsPanel
  readonly #enrolment: Enrolment
  readonly #deletion: Deletion
  readonly #payments: PaymentsPanel
  #isShown = false

  constructor(page: Document, words: Words, { connection, session, challengeView }: AccountParts) {
    this.#session = session
    const { account: api, factors } = connection
    const confirmations = new Confirmations({
      factors,
      now: () => Date.now(),
      render: (state) => confirmationView.render(state),
    })
    const confirmationView = new ConfirmationView(page, words, challengeView, {
      ...actsOn(() => confirmations.challenge),
      onRestart: () => void confirmations.restart(),
      onCancel: () => confirmations.cancel(),
    })
    this.#confirmations = confirmations
    const own = ownMethods(session, api)
    const stepUp = new StepUp({ session, api: connection.stepUp, confirmations, ownMethods: own })

    this.#view = new AccountView(page, words, {
      onSignOut: () => void session.signOut(),
      onRenew: () => void session.renew(),
      onSignOutEverywhere: () => void session.signOutEverywhere(),
    })
    this.#profile = this.#wireProfile(page, words, connection)
    this.#enrolment = this.#wireEnrolment(page, words, connection, stepUp)
    this.#authenticators = this.#wireAuthenticators(page, words, connection, stepUp)
    this.#deletion = this.#wireDeletion(page, words, connection, stepUp)

    const payments = new PaymentsPanel({
      session,
      api: connection.payments,
      confirmations,
      ownMethods: own,
      render: (state) => paymentsView.render(state),
    })
    const paymentsView = new PaymentsView(page, words, (typed) => void payments.pay(typed))
    this.#payments = payments
  }

  /** @param signedIn undefined when nobody is */
  render(signedIn: SignedIn | undefined): void {
    this.#view.render(signedIn)
    const isNew = this.#isShown !== (signedIn !== undefined)
    this.#isShown = signedIn !== undefined
    if (!isNew) return
    if (signedIn) {
      void this.#profile.load()
      void this.#authenticators.load()
    } else this.#forget()
  }

  tick(): void {
    this.#confirmations.tick()
    this.#view.showTimeLeft(Date.now())
  }

  /** Nothing of one person may be there for the next. */
  #forget(): void {
    this.#confirmations.cancel()
    this.#enrolment.forget()
    this.#deletion.forget()
    this.#profile.forget()
    this.#authenticators.forget()
    this.#payments.forget()
  }

  #wireProfile(page: Document, words: Words, { account: api }: Connection): ProfilePanel {
    const profile = new ProfilePanel({
      session: this.#session,
      api,
      render: (state) => {
        view.render(state)
        const { name, email, phoneNumber } = state.profile ?? {}
        this.#view.greet(name ?? email ?? phoneNumber)
      },
    })
    const view = new ProfileView(page, words, {
      onEdit: () => profile.edit(),
      onCancel: () => profile.cancel(),
      onSave: (name) => void profile.save(name),
      onRetry: () => void profile.load(),
    })
    return profile
  }

  #wireEnrolment(
    page: Document,
    words: Words,
    { account: api, enrolments }: Connection,
    stepUp: StepUp,
  ): Enrolment {
    const enrolment = new Enrolment({
      stepUp,
      api,
      enrolments,
      render: (state) => view.render(state),
      added: (authenticator) => this.#authenticators.added(authenticator),
    })
    const view = new EnrolmentView(page, words, {
      onChoose: (kind) => void enrolment.choose(kind),
      onAddress: (typed) => void enrolment.sendCode(typed),
      onCode: (code) => void enrolment.verify(code),
      onCreate: () => void enrolment.createAgain(),
      onBack: () => enrolment.back(),
      onClose: () => enrolment.close(),
    })
    return enrolment
  }

  #wireAuthenticators(
    page: Document,
    words: Words,
    { account: api }: Connection,
    stepUp: StepUp,
  ): AuthenticatorsPanel {
    const authenticators = new AuthenticatorsPanel({
      session: this.#session,
      stepUp,
      api,
      supportsPasskeys: supportsWebAuthn(),
      render: (state) => view.render(state),
      changed: () => void this.#profile.load(),
    })
    const view = new AuthenticatorsView(page, words, {
      onAdd: () => this.#enrolment.open(),
      onCreatePasskey: () => void this.#enrolment.choose('passkey'),
      onNoPasskey: () => authenticators.notNow(),
      onRemove: (authenticatorId) => authenticators.remove(authenticatorId),
      onConfirmRemoval: () => void authenticators.confirmRemoval(),
      onKeep: () => authenticators.keep(),
      onRetry: () => void authenticators.load(),
    })
    return authenticators
  }

  #wireDeletion(
    page: Document,
    words: Words,
    { account: api }: Connection,
    stepUp: StepUp,
  ): Deletion {
    const deletion = new Deletion({
      session: this.#session,
      stepUp,
      api,
      word: () => words.text('delete.word'),
      render: (state) => view.render(state),
    })
    const view = new DeletionView(page, words, {
      onOpen: () => deletion.open(),
      onClose: () => deletion.close(),
      onConfirm: (typed) => void deletion.confirm(typed),
    })
    return deletion
  }
}
