import type { INodeProperties } from 'n8n-workflow';

import type { Resource } from '../api/catalog';
import { aOrAn } from './wording';

/** The record to read or change. A registration number finds records of entities only. */
export const recordParameter = (
	resources: readonly Resource[],
	byRegistration: boolean,
): INodeProperties[] =>
	resources.map(({ value, name, documentTypes }) => ({
		displayName: name,
		name: 'recordId',
		type: 'resourceLocator',
		default: { mode: 'list', value: '' },
		required: true,
		description: `The ${name.toLowerCase()} to work with`,
		// A record of another resource or view is another record: the editor clears it when one changes.
		typeOptions: { loadOptionsDependsOn: ['resource', 'view'] },
		displayOptions: { show: { resource: [value] } },
		modes: [
			{
				displayName: 'From List',
				name: 'list',
				type: 'list',
				placeholder: `Select ${aOrAn(name)}…`,
				typeOptions: { searchListMethod: 'searchRecords', searchable: true },
			},
			{
				displayName: 'By ID',
				name: 'id',
				type: 'string',
				placeholder: 'e.g. 1234',
			},
			...(byRegistration
				? [
						{
							displayName: 'By Registration Number',
							name: 'registration',
							type: 'string' as const,
							placeholder: documentTypes ? 'e.g. FV-2026-0001' : 'e.g. 12345678',
							hint: "If it is not found, change 'Registration Number Is Sent As' under 'Options'",
						},
					]
				: []),
		],
	}));
