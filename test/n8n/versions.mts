/** What is downloaded, in one place: a folder in the cache carries its version in its name. */
export const versions = {
	node: '24.21.0',
	n8n: '2.41.1',
	playwright: '1.65.1',
};
