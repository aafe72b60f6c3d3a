/** Where an API key is made in Teamogy, and managed later. */
export const API_KEY_PAGE = 'Configuration → System Configuration → Integrations → Public API';
