import { durationText } from '../../evidence/duration-text.ts'
import { listText } from '../../problem/list-text.ts'
import type { Cause, Diagnosis } from '../../split/diagnosis/diagnosis.ts'
import { mixedUp } from '../../split/diagnosis/swapped.ts'
import { countText, weightsText } from '../model/percents.ts'
import { oneProxy, theSplitter } from '../model/splitter.ts'
import { inSyncAdvice, withCommands } from './commands.ts'
import { countedAdvice } from './counted-words.ts'
import { hasStamped } from './health-words.ts'
import { limitOpenAdvice } from './limit-words.ts'
import { explainOwnReply } from './own-reply.ts'
import { staleProxiesAdvice } from './proxy-words.ts'
import type { Subject } from './subject.ts'

/** What to do about a diagnosis, with the commands that fit it. Commands stand on indented lines. */
export function adviceFor(diagnosis: Diagnosis, subject: Subject): string {
  const own = causeAdvice(diagnosis, subject)
  const others = diagnosis.others.map((cause) => otherAdvice(cause, subject))
  return withoutRepeats([...new Set([own, ...others])].filter((text) => text !== '').join('\n'))
}

/** A command is shown once, unless the line before it introduces it. */
function withoutRepeats(advice: string): string {
  const lines = advice.split('\n')
  return lines
    .filter(
      (line, index) =>
        !line.startsWith('  ') ||
        lines.indexOf(line) === index ||
        lines[index - 1]?.endsWith(':') === true,
    )
    .join('\n')
}

function causeAdvice(diagnosis: Diagnosis, subject: Subject): string {
  const { cause, ended, seen } = diagnosis
  const { commands } = subject
  switch (cause.kind) {
    case 'target':
    case 'target-or-previous':
      return ended === 'connections' ? moreConnections(subject) : moreTime(subject)
    case 'nothing':
      return moreTime(subject)
    case 'former':
      if (hasStamped(seen))
        return `Find the ${oneProxy(subject)} that is out of sync, and restart it:\n  ${commands.show.proxies}`
      return inSyncAdvice(subject)
    case 'stale-proxies':
      return staleProxiesAdvice(subject)
    case 'previous':
      return inSyncAdvice(subject)
    case 'partly-previous':
      return `Find the ${oneProxy(subject)} that is out of sync, and restart it:\n  ${commands.show.proxies}\nIf all are in sync, look for another route object that takes part of the ${subject.unit}s. It can look the same.\n  ${commands.show.routes}`
    case 'object':
      return `Shift to ${weightsText(subject.names, subject.target)}, or wait for the controller that rolls them out. To verify what the object says, use weights: current without manifest.`
    case 'swapped':
      return swappedAdvice(cause, subject)
    case 'one-destination':
    case 'not-independent':
      if (subject.counted) return countedAdvice(cause.kind, subject)
      return subject.stamped ? stampedAdvice(subject) : affinityAdvice(subject)
    case 'same-reply':
      return imagesAdvice(cause, subject)
    case 'other-weights':
    case 'unclear':
      if (subject.counted) return countedAdvice(cause.kind, subject)
      return subject.stamped ? stampedAdvice(subject) : otherRoutes(subject)
    case 'unanswered':
      if (subject.ownReply !== undefined)
        return explainOwnReply(subject.ownReply, commands, subject).remedy
      return `${slowAdvice(subject)}Check the Pods of the destination that does not answer:\n  ${commands.pods}`
    case 'limit-open':
      return limitOpenAdvice(cause, diagnosis, subject)
    case 'above-limit':
      if (cause.question.kind === 'max-latency') return podsAdvice(cause.destination, subject)
      return errorsAdvice(cause.destination, subject)
    case 'more-errors':
    case 'no-success':
      return errorsAdvice(cause.destination, subject)
    case 'unrecognized':
      return unrecognizedAdvice(subject)
    case 'gateway-refuses':
      if (subject.splitter === 'mesh')
        return `Check that the Service has the port, and the Pods of its destinations:\n  ${commands.pods}\n  ${commands.show.proxies}`
      return `Check that the gateway's Pods run, and that a Gateway still has a server for the port:\n  ${commands.show.gateways}\n  ${commands.show.proxies}`
    case 'client-limits':
      return 'Raise the limit on open files or widen the range of local ports on this machine, or lower concurrency or rate:\n  ulimit -n\n  sysctl net.ipv4.ip_local_port_range'
  }
}

/** What to do about the errors of a destination. */
function errorsAdvice(destination: number, subject: Subject): string {
  const own = subject.ownErrors[destination]
  return own === undefined
    ? podsAdvice(destination, subject)
    : explainOwnReply(own, subject.commands, subject).remedy
}

function podsAdvice(destination: number, { names, commands }: Subject): string {
  return `Check the Pods of ${names[destination]}, and their logs:\n  ${commands.pods}`
}

/** Samples that reached the gateway, and got no complete reply in time. */
function slowAdvice({ mostly, probeTimeoutMs, unit }: Subject): string {
  return mostly === 'timeout'
    ? `Most of these ${unit === 'request' ? 'requests were sent' : 'connections were accepted'}, but got no complete reply within probe-timeout (${durationText(probeTimeoutMs)}). If the destination needs longer, raise probe-timeout. ${unit === 'request' ? '' : 'With probe: tcp, check that reply-until says where its replies end. '}`
    : ''
}

function unrecognizedAdvice({ mostly, mostlyErrors, expect, commands }: Subject): string {
  if (mostly === 'unknown reply' && mostlyErrors)
    return `Most of these replies are errors of a version. Check the Pods:\n  ${commands.pods}\nTo attribute errors to a destination, use expect: stamp, or expect the error replies of each version too. expect has ${expect}.`
  switch (mostly) {
    case 'truncated reply':
      return `Most of these replies are longer than 64 KiB, and no expression matches what is read of them. Correct expect, which has ${expect}, or let the probe ask for a shorter reply.`
    case 'slow expression':
      return `Most of these replies cost the expressions too much work. Use simpler expressions in expect. It has ${expect}.`
    default:
      return `Correct expect, so that exactly one expression matches each reply. It has ${expect}.`
  }
}

/** Without the input `rate`, nothing holds the rate down. */
function moreTime({ isRateSet, counted }: Subject): string {
  if (counted === 'users') return 'Raise timeout, use a wider tolerance, or use traffic: own.'
  return isRateSet
    ? 'Raise timeout, concurrency or rate, or use a wider tolerance.'
    : 'Raise timeout or concurrency, or use a wider tolerance.'
}

/** What `auto` would allow is mentioned only if that is more. */
function moreConnections({ limit }: Subject): string {
  const auto = limit.most < limit.auto ? ` (auto allows ${countText(limit.auto)})` : ''
  return `Raise connections above ${countText(limit.most)}${auto}, or use a wider tolerance.`
}

/** Advice for a cause that fits as well as the first one. */
function otherAdvice(cause: Cause, subject: Subject): string {
  if (cause.kind === 'same-reply') return imagesAdvice(cause, subject)
  if (cause.kind === 'swapped')
    return `The replies also fit if expressions in expect are swapped. ${swappedAdvice(cause, subject)}`
  if (cause.kind !== 'one-destination' && cause.kind !== 'other-weights') return ''
  if (subject.counted) return countedAdvice(cause.kind, subject)
  if (subject.stamped) return stampedAdvice(subject)
  return cause.kind === 'one-destination' ? affinityAdvice(subject) : otherRoutes(subject)
}

function swappedAdvice({ order }: Extract<Cause, { kind: 'swapped' }>, subject: Subject): string {
  const mixed = listText(mixedUp(order).map((index) => subject.names[index] ?? ''))
  return `Check the expressions of ${mixed} in expect: ${subject.expect}.`
}

function imagesAdvice(
  { destination, like }: Extract<Cause, { kind: 'same-reply' }>,
  { names, expect, commands }: Subject,
): string {
  return `Check that ${names[destination]} does not run the image of ${names[like]}, and that its replies match its own expression in expect: ${expect}.\n  ${commands.images}`
}

function affinityAdvice({ commands, unit, splitter }: Subject): string {
  if (splitter === 'mesh')
    return withCommands(
      `Check that the Pods that take the samples have a sidecar, or that their Service has a waypoint, and check ${commands.affinity}. To judge the split, probe without the affinity`,
      commands.show.proxies,
      commands.show.policies,
    )
  return `Check sessionAffinity of the Service in front of the gateway, source hashing of the load balancer, and ${commands.affinity}. Check that endpoint is the address of the gateway. To judge the split, probe from several addresses, or without the affinity.\n  ${[commands.affinities, commands.show.policies].filter((command) => command !== undefined).join('\n  ')}\nIf there is no affinity, look for another route object that takes all ${unit}s:\n  ${commands.show.routes}`
}

/** A reply with a stamp of the write is not of another route object, nor of a gateway replica that is out of sync. */
function stampedAdvice(subject: Subject): string {
  const { unit, commands } = subject
  return withCommands(
    `Look for what changes the split behind the route object: a cache or a proxy in front of ${theSplitter(subject)} that repeats replies, or ${commands.filters} that decides where ${unit}s go`,
    commands.show.filters,
  )
}

/** If the object does not have the weights to verify, what splits is not the cause. */
function otherRoutes(subject: Subject): string {
  const { names, unit, target, present, old, commands } = subject
  const differs = present.some((share, index) => Math.abs(share - (target[index] ?? 0)) > 1e-9)
  const object =
    old === undefined && differs
      ? `The object has ${weightsText(names, present)}, not the weights to verify. `
      : ''
  return `${object}Look for another route object that takes part of the ${unit}s, for a ${oneProxy(subject)} that is out of sync, and for a proxy in front that keeps connections:\n  ${commands.show.routes}\n  ${commands.show.proxies}`
}
