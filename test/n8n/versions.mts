/** What is downloaded, in one place: a folder in the cache carries its version in its name. */
export const versions = {
	node: '24.21.0',
	n8n: '2.41.1',
	playwright: '1.65.1',
};

/** The n8n-core of each n8n release that is supported, for the engine tests (n8n 1.123 has n8n-core 1.122). */
export const engines: Record<string, string> = {
	'1.122': '1.122.48',
	'2.0': '2.0.2',
	'2.20': '2.20.6',
	'2.41': '2.41.1',
};
