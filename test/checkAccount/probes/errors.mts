import { fails, holds, undecidable, type Finding, type Probe } from '../finding.mts';
import { encode, isObject, type Inspection } from '../inspection.mts';

/** Probes about the responses that refuse a request. */

const anyView = ({ pages }: Inspection): string =>
	[...pages].find(([, { isPage }]) => isPage)?.[0] ?? 'companies';

function expectStatus(status: number, expected: readonly number[]): Finding {
	return expected.includes(status) ? holds(`Status ${status}`) : fails(`Status ${status}`);
}

export const wrongKey: Probe = async (inspection) => {
	const path = `views/${anyView(inspection)}?limit=1`;
	const { status } = await inspection.client.send('GET', path, { apiKey: 'not-a-key' });
	return expectStatus(status, [401, 403]);
};

export const unknownView: Probe = async ({ client }) => {
	const { status } = await client.send('GET', 'views/no.such.view?limit=1');
	return expectStatus(status, [404]);
};

export const unknownColumn: Probe = async (inspection) => {
	const { status } = await inspection.readView(
		anyView(inspection),
		'columns=noSuchColumn&limit=1&offset=0',
	);
	return expectStatus(status, [400, 422]);
};

export const brokenFilter: Probe = async (inspection) => {
	const query = `externalFilter=${encode('(id=')}&limit=1&offset=0`;
	const { status } = await inspection.readView(anyView(inspection), query);
	return expectStatus(status, [400, 422]);
};

/** JSON that says nothing. */
const SILENT = ['', '{}', '[]', 'null', '""'];

/** Examines the refusals of all other probes, so this probe comes after them. */
export const reasons: Probe = async ({ client: { refusals } }) => {
	if (!refusals.length) return undecidable('Nothing was refused');
	const silent = refusals.filter(({ text }) => SILENT.includes(text.trim()));
	if (silent.length) return fails(`${silent.length} of ${refusals.length} refusals have no text`);
	const isJson = refusals.every(({ body }) => isObject(body) || typeof body === 'string');
	return holds(isJson ? 'The texts are JSON' : 'Some texts are not JSON');
};
