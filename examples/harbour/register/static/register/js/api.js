// The register's API.
export async function fetchShips(url) {
  const response = await fetch(url, { headers: { Accept: "application/json" } });
  if (!response.ok) {
    throw new Error(`the harbour office answered ${response.status}.`);
  }
  return response.json();
}
