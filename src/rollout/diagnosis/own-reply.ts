import type { OwnReplyCause } from '../../evidence/probe/http/own-reply-cause.ts'
import { type OfSplitter, TheSplitter, theSplitter } from '../model/splitter.ts'
import { type Commands, withCommands } from './commands.ts'

/** What a reply of the gateway itself means, and what to do. Commands stand on indented lines. */
export type OwnReply = { what: string; remedy: string }

export function explainOwnReply(
  cause: OwnReplyCause,
  commands: Commands,
  rule: OfSplitter = {},
): OwnReply {
  const [the, The] = [theSplitter(rule), TheSplitter(rule)]
  switch (cause) {
    case 'redirect-to-https':
      return {
        what: `${The} redirects these requests to HTTPS, so no destination gets them.`,
        remedy: `Send the requests to the HTTPS port of ${the}. Set endpoint to its host:port, and probe-tls: true. If they are sent there already, set probe-path or probe-host to what is not redirected.`,
      }
    case 'redirect':
      return {
        what: `${The} redirects these requests, so no destination gets them.`,
        remedy: 'Set probe-path or probe-host to what is not redirected.',
      }
    case 'malformed':
      return {
        what: `${The} rejects these requests as malformed.`,
        remedy:
          'If the port expects TLS, set probe-tls: true. Otherwise check probe-path, probe-host and probe-headers.',
      }
    case 'unauthenticated':
      return {
        what: `${The} asks for credentials.`,
        remedy: `Send the credentials of a client with probe-headers, or set probe-path to a path that needs none.${commands.show.authentication === undefined ? '' : ` This lists what asks for tokens:\n  ${commands.show.authentication}`}`,
      }
    case 'denied':
      return {
        what: `A policy of ${the}, or an external authorizer, denies these requests.`,
        remedy: `Send with probe-headers what the policy needs, or let it allow the requests of this machine.${commands.show.authorization === undefined ? '' : ` This lists the policies:\n  ${commands.show.authorization}`}`,
      }
    case 'no-route':
      return {
        what: `${The} has no route for this host and path.`,
        remedy: `Set probe-host and probe-path to what clients use. If they are right, ${the} does not have the route object yet:\n  ${commands.show.proxies}`,
      }
    case 'http-version':
      return {
        what: `${The} does not accept this version of HTTP.`,
        remedy: 'Set probe-http to the other version.',
      }
    case 'rate-limit':
      return {
        what: `A rate limit of ${the} rejects these requests.`,
        remedy: 'Set rate to less than the limit, or exempt the requests with probe-headers.',
      }
    case 'gateway-error':
      return {
        what: `${The} itself fails.`,
        remedy: `Check the logs of ${the}, and that each destination of the rule exists.`,
      }
    case 'injected':
      return {
        what: `A rule of ${the} injects these errors (fault).`,
        remedy: `Remove fault from the rule, or set probe-headers so that it does not apply:\n  ${commands.show.routes}`,
      }
    case 'no-endpoints':
      return {
        what: `${The} has no healthy endpoint for the destination.`,
        remedy: `Check that Pods of the destination are ready, and that outlierDetection has not ejected them:\n  ${commands.pods}`,
      }
    case 'no-connection':
      return {
        what: `${The} gets no connection to the destination, or loses it before the reply.`,
        remedy: withCommands(
          `Check that its Pods listen on the port of the Service, and that ${commands.encryption}`,
          commands.pods,
          commands.show.policies,
        ),
      }
    case 'overflow':
      return {
        what: 'A limit of connections or requests to the destination is reached (connectionPool).',
        remedy: withCommands(
          `Lower concurrency or rate, or raise the limit in ${commands.limits}`,
          commands.show.policies,
        ),
      }
    case 'no-cluster':
      return {
        what: `${The} does not have the destination.`,
        remedy: withCommands(
          `Check that the Service exists${commands.definition === undefined ? '' : `, and that ${commands.definition}`}`,
          commands.show.policies,
          commands.show.proxies,
        ),
      }
    case 'unavailable':
      return {
        what: `${The} cannot serve these requests.`,
        remedy: `Check the logs of ${the}.`,
      }
    case 'timeout':
      return {
        what: 'The destination does not answer within the timeout of the route.',
        remedy: `Check its Pods, and timeout in the rule:\n  ${commands.pods}`,
      }
    case 'other':
      return {
        what: 'No destination makes these replies.',
        remedy: `Check the logs of ${the}, and what is in front of it.`,
      }
  }
}

/** The causes that lie behind the gateway: another destination may still answer. */
export function isBehindGateway(cause: OwnReplyCause | undefined): boolean {
  return cause === 'no-endpoints' || cause === 'no-connection' || cause === 'timeout'
}
