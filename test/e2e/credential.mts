import { findFreePorts } from '../n8n/ports.mts';
import { stage, teamogyCredential } from './stage.mts';

/** A key of the right form that the account does not know. */
export const wrongKey = 'eyJhbGciOiJub25lIn0.d3Jvbmcga2V5.bm8';

const tested = async (name: string, change: object) => {
	const { n8n } = stage;
	const { id } = await n8n.importCredential(teamogyCredential(name, change));
	return await n8n.testCredential(id);
};

export function credentialTests() {
	test('A good one connects', async () => {
		const { n8n, credential, sandbox } = stage;
		sandbox.clearLog();
		expect(await n8n.testCredential(credential.id)).toMatchObject({ status: 'OK' });
		expect(sandbox.log.map(({ method, url, status }) => [method, url, status])).toEqual([
			['GET', '/rest/v1/1/views/companies?limit=1', 200],
		]);
	});

	test('A wrong key is told from everything else', async () => {
		const result = await tested('Teamogy with a wrong key', { apiKey: wrongKey });
		expect(result.status).toBe('Error');
		expect(result.message).toMatch(/^Teamogy did not accept the API key\. It may be incomplete/);
		expect(result.message).not.toContain(wrongKey);
	});

	test('A wrong unit', async () => {
		const result = await tested('Teamogy with a wrong unit', { unitId: 99 });
		expect(result).toMatchObject({
			status: 'Error',
			message: 'Nothing was found at this Domain and Business Unit ID. Check both.',
		});
	});

	test('A domain where nobody listens', async () => {
		const [port] = await findFreePorts(1);
		const result = await tested('Teamogy where nobody listens', {
			domain: `http://127.0.0.1:${port}`,
		});
		expect(result.status).toBe('Error');
		expect(result.message).toContain('ECONNREFUSED');
	});

	test('A domain where something else responds', async () => {
		const { n8n } = stage;
		const result = await tested('Teamogy at an address that is not Teamogy', { domain: n8n.url });
		expect(result.status).toBe('Error');
		expect(result.message).toMatch(/^Nothing was found at this Domain and Business Unit ID/);
	});
}
