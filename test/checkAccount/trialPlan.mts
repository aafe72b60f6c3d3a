import { isObject, isPlainName, isText, type Inspection } from './inspection.mts';

/** What `--write` is about to write. */
export interface TrialPlan {
	name: string;
	/** The body of the creation. */
	body: { name: string; industry: string; tags: string[]; isDisabled: boolean };
	/** Two entries of `properties` that hold texts; undefined where companies have none. */
	entries?: [updated: string, leftOut: string];
}

const FIRST_INDUSTRY = 'n8n check';

/** @param mark tells this company from those of other checks */
export function planTrial(inspection: Inspection, mark: string): TrialPlan {
	const name = `TEST n8n check ${mark}, may be deleted`;
	const body = { name, industry: FIRST_INDUSTRY, tags: ['n8n-check'], isDisabled: true };
	return { name, body, entries: findEntries(inspection) };
}

/** Two entries that hold texts. None begins with `ext`: such an entry may start a transfer to another system (DOC). */
function findEntries(inspection: Inspection): [string, string] | undefined {
	const rows = inspection
		.getRows('companies')
		.map(({ properties }) => properties)
		.filter(isObject);
	const keys = [...new Set(rows.flatMap((properties) => Object.keys(properties)))];
	const texts = keys.filter((key) => {
		const values = rows.map((properties) => properties[key]);
		const given = values.filter((value) => value !== null && value !== undefined && value !== '');
		return given.every(isText) && isPlainName(key) && !/^ext/i.test(key);
	});
	return texts.length > 1 ? [texts[0], texts[1]] : undefined;
}

/** What a person must know before the company is written. It names columns of the account: for the screen only. */
export function describePlan({ name, body, entries }: TrialPlan): string {
	const fields = Object.keys(body).join(', ');
	const inProperties = entries ? `, and in \`properties\`: ${entries.join(', ')}` : '';
	return [
		'--write creates one company, updates it a few times and tries to mark it as no longer valid.',
		`  Name:    ${name}`,
		`  Writes:  ${fields}${inProperties}`,
		`  Clears:  industry${entries ? ` and ${entries.join(', ')}` : ''}, where Teamogy allows it`,
		'The company stays: the API cannot delete it.',
		'Teamogy may send every saved company on to other systems, by adapters configured in your account',
		'(registers CONNECTOR.RULE-COMPANY and CONNECTOR-COMPANY). Go on only if there are none.',
	].join('\n');
}
