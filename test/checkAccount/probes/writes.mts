import { fails, holds, undecidable, type Finding, type Probe } from '../finding.mts';
import { isObject, type Row } from '../inspection.mts';
import { ENTRY, findId, SECOND_INDUSTRY, type Trial } from '../trial.mts';

/** What became of the company that `--write` created and updated. */

const probe =
	(look: (trial: Trial) => Finding): Probe =>
	async ({ trial }) => {
		if (!trial) return undecidable('Needs `--write`');
		const { status } = trial.created;
		return status < 300 ? look(trial) : undecidable(`No company was created (${status})`);
	};

const NOT_READ = undecidable('The company could not be read');
const isEmpty = (value: unknown): boolean => value === undefined || value === null || value === '';

export const createdId = probe(({ created }) =>
	findId(created.body) === undefined ? fails(`Status ${created.status}, no \`id\``) : holds(),
);

export const shownAtOnce = probe(({ isInView }) =>
	isInView ? holds() : fails('The view does not have it yet'),
);

export const isDisabled = probe(({ afterCreate }) => {
	if (!afterCreate) return NOT_READ;
	return afterCreate.isDisabled === true ? holds() : fails('The company was created as valid');
});

export const partialUpdate = probe(({ afterCreate, afterUpdate }) => {
	if (!afterCreate || !afterUpdate) return NOT_READ;
	if (afterUpdate.industry !== SECOND_INDUSTRY) return undecidable('`industry` was not updated');
	const lost = ['name', 'tags'].filter(
		(field) => !isEmpty(afterCreate[field]) && isEmpty(afterUpdate[field]),
	);
	return lost.length ? fails(`Lost: ${lost.join(', ')}`) : holds();
});

export const repeatedUpdate = probe(({ afterUpdate, repeated }) => {
	if (!repeated || !afterUpdate) return NOT_READ;
	return repeated.status < 300 ? holds() : fails(`Status ${repeated.status}`);
});

export const nullClears = probe(({ afterUpdate, afterClear }) => {
	if (!afterUpdate || !afterClear) return NOT_READ;
	if (isEmpty(afterUpdate.industry)) return undecidable('`industry` was not updated');
	return isEmpty(afterClear.industry) ? holds() : fails('The field keeps its value');
});

export const mergedProperties = probe(({ entries, afterMerge }) => {
	if (!entries) return undecidable('Companies have no two texts in `properties`');
	const properties = afterMerge?.properties as Row | undefined;
	if (!isObject(properties)) return NOT_READ;
	const [updated, leftOut] = entries;
	if (properties[updated] !== `${ENTRY} 2`) return undecidable('The entry was not updated');
	return properties[leftOut] === ENTRY ? holds() : fails('The entry that was left out is gone');
});
