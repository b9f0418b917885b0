/** The address in a variable, to which calls go instead, such as ` at AWS_ENDPOINT_URL=http://localhost:4566`. */
export function endpointInWords(variable: "AWS_ENDPOINT_URL" | "SLACK_API_URL" = "AWS_ENDPOINT_URL"): string {
  const url = process.env[variable] ?? "";
  return URL.canParse(url) ? ` at ${variable}=${new URL(url).origin}` : "";
}
