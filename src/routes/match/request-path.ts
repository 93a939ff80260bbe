/** The path of a request without its query. */
export function pathOf(pathAndQuery: string): string {
  const [path = ''] = pathAndQuery.split(/[?#]/)
  return path
}

/**
 * How much a gateway normalizes a path is in the mesh config: dots as segments always but for NONE, double and escaped
 * slashes on request.
 * Source: istio, MeshConfig.ProxyPathNormalization.
 */
export function isChangedByGateway(path: string): boolean {
  return /\/\/|\\|\/\.\.?(?:\/|$)|%(?:2e|2f|5c)/i.test(path)
}

/**
 * The first value of a query parameter, as it is written: nothing is decoded.
 * Source: envoy, QueryParamsMulti::parseQueryString.
 */
export function firstParameter(pathAndQuery: string, name: string): string[] {
  const start = pathAndQuery.indexOf('?')
  if (start < 0) return []
  const parameters = (pathAndQuery.slice(start + 1).split('#')[0] ?? '').split('&')
  const own = parameters.find((one) => one === name || one.startsWith(`${name}=`))
  return own === undefined ? [] : [own.slice(name.length + 1)]
}
