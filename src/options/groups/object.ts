import { isNamespaceName, isObjectName } from '../../kube/names.ts'
import type { RouteSelector } from '../../routes/wanted.ts'
import { ALL_MODES, option, WEIGHING } from '../option.ts'
import { parseObjectText } from '../parse/object-text.ts'
import { parseRoute } from '../parse/route.ts'
import { oneOf, textThat } from '../parsers.ts'
import type { Reader } from '../reader.ts'
import type { Mode } from '../values.ts'

export const MODE = option<Mode>({
  name: 'mode',
  type: 'shift, verify, plan, rollback or status',
  placeholder: 'shift|verify|plan|rollback|status',
  default: 'shift',
  text: 'shift: write the weights, then confirm them with real connections. verify: write nothing and confirm the split. plan: write nothing, open no connection, and show the edit and the number of connections that its checks take. rollback: restore the weights from before a run that was interrupted or is still in progress. status: write nothing and show whether a run is in progress and what a rollback would restore. rollback and status take no weights and open no connection.',
  modes: ALL_MODES,
  parse: oneOf('shift', 'verify', 'plan', 'rollback', 'status'),
})

const NAMESPACE = option({
  name: 'namespace',
  type: 'name',
  placeholder: 'NAME',
  text: 'Namespace of the VirtualService.',
  modes: ALL_MODES,
  required: 'always',
  parse: textThat(
    isNamespaceName,
    'a namespace name: at most 63 lower-case letters, digits and dashes (RFC 1123 label)',
  ),
})

const VIRTUAL_SERVICE = option({
  name: 'virtual-service',
  type: 'name',
  placeholder: 'NAME',
  text: 'Name of the VirtualService: the same as object: VirtualService/NAME. One of the two is required.',
  modes: ALL_MODES,
  parse: textThat(
    isObjectName,
    'the name of a VirtualService, without its namespace: lower-case letters, digits, dashes and dots (RFC 1123 subdomain)',
  ),
})

const OBJECT = option({
  name: 'object',
  type: 'KIND/NAME',
  placeholder: 'KIND/NAME',
  brief: 'The route object: VirtualService/NAME (or vs/NAME).',
  text: 'The route object, as VirtualService/NAME. The kind can be written in any case, singular or plural, and as vs.',
  modes: ALL_MODES,
  parse: ({ text, mustBe }) =>
    parseObjectText(text) ??
    mustBe('VirtualService/NAME, with the name of the object without its namespace'),
})

const ROUTE = option<RouteSelector>({
  name: 'route',
  type: 'http, http:NAME, http[I], tls, tls:SNI, tls[I], tcp, tcp:PORT or tcp[I]',
  placeholder: 'http:NAME|tls:SNI|tcp:PORT|http[I]',
  brief:
    'The rule to shift: http, tls or tcp, with :NAME, :SNI or :PORT, or its position [I] from 0. Required only if several rules fit.',
  text: 'The rule of the VirtualService to shift: http:NAME by the name of the rule, tls:SNI by a host of its sniHosts, tcp:PORT by the port that it matches, or http[I], tls[I], tcp[I] by its position in the object, counted from 0. http, tls or tcp alone is the only rule of that kind that fits. Required only if several rules fit; the error then lists them.',
  modes: [...WEIGHING, 'status'],
  parse: ({ text, mustBe }) =>
    parseRoute(text) ??
    mustBe(
      'http, http:NAME, tls, tls:SNI, tcp or tcp:PORT with a port from 1 to 65535, or http[I], tls[I] or tcp[I] with the position of the rule, counted from 0',
      'ITS-ROUTE-INVALID',
    ),
})

export const MANIFEST = option({
  name: 'manifest',
  type: 'path of a YAML file',
  placeholder: 'PATH',
  brief:
    'Use this YAML file in place of a cluster: plan shows the edit, shift writes it. verify confirms its weights.',
  text: 'The file that holds the VirtualService in a repository (GitOps). plan shows the edit of the file and shift writes it, one step per run; neither uses a cluster. verify with weights: current confirms the weights in the file.',
  parse: textThat(
    (text) => !text.includes('\n'),
    'the path of a YAML file, not the content of the file',
  ),
})

export const OBJECT_OPTIONS = {
  title: 'Object',
  options: [MODE, NAMESPACE, OBJECT, VIRTUAL_SERVICE, ROUTE, MANIFEST],
}

export type ObjectOptions = {
  namespace: string
  virtualService: string
  route: RouteSelector
  /** The YAML file that `shift` and `plan` edit instead of a cluster, and that has the current weights for `verify`. */
  manifest: string | undefined
}

export function readObject(reader: Reader): ObjectOptions {
  return {
    namespace: reader.required(NAMESPACE) ?? '',
    virtualService: readName(reader) ?? '',
    route: reader.optional(ROUTE) ?? { kind: 'any' },
    manifest: reader.optional(MANIFEST),
  }
}

/** The name of the object, which is given in one of two inputs. */
function readName(reader: Reader): string | undefined {
  const hasObject = reader.given(OBJECT) !== undefined
  if (!hasObject && reader.given(VIRTUAL_SERVICE) === undefined)
    reader.refuse(
      'object',
      'ITS-INPUT-REQUIRED',
      () => 'object is required, such as VirtualService/NAME. Or use virtual-service: NAME.',
    )
  const [name, other] = [reader.optional(OBJECT), reader.optional(VIRTUAL_SERVICE)]
  if (name !== undefined && other !== undefined && name !== other)
    reader.refuse(
      'object',
      'ITS-INPUTS-CONFLICT',
      (shown) =>
        `object and virtual-service name different objects: ${shown(name)} and ${shown(other)}. Use one of them.`,
    )
  return name ?? other
}
