--
-- PostgreSQL database dump
--


-- Dumped from database version 18.4
-- Dumped by pg_dump version 18.4

SET statement_timeout = 0;
SET lock_timeout = 0;
SET idle_in_transaction_session_timeout = 0;
SET transaction_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);
SET check_function_bodies = false;
SET xmloption = content;
SET client_min_messages = warning;
SET row_security = off;

SET default_tablespace = '';

SET default_table_access_method = heap;

--
-- Name: artifact; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.artifact (
    run_id integer NOT NULL,
    name text NOT NULL,
    process_no smallint,
    content_type text NOT NULL,
    size bigint NOT NULL,
    sha256 text NOT NULL,
    stored_at timestamp with time zone DEFAULT now() NOT NULL
);


--
-- Name: commit; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.commit (
    id integer NOT NULL,
    repository text NOT NULL,
    branch text NOT NULL,
    hash text NOT NULL,
    committed_at timestamp with time zone,
    ordinal bigint,
    first_seen timestamp with time zone DEFAULT now() NOT NULL
);


--
-- Name: commit_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

ALTER TABLE public.commit ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.commit_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: configuration; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.configuration (
    id integer NOT NULL,
    digest bytea NOT NULL,
    labels jsonb NOT NULL
);


--
-- Name: configuration_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

ALTER TABLE public.configuration ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.configuration_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: migration; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.migration (
    name text NOT NULL,
    sha256 text NOT NULL,
    applied_at timestamp with time zone DEFAULT now() NOT NULL,
    breaking boolean DEFAULT false NOT NULL
);


--
-- Name: process; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.process (
    run_id integer NOT NULL,
    no smallint NOT NULL,
    name text NOT NULL,
    slot text DEFAULT ''::text NOT NULL,
    superseded boolean DEFAULT false NOT NULL,
    ended boolean DEFAULT false NOT NULL,
    verified boolean DEFAULT false NOT NULL,
    last_seq integer DEFAULT 0 NOT NULL,
    total integer DEFAULT 0 NOT NULL,
    passed integer DEFAULT 0 NOT NULL,
    failed integer DEFAULT 0 NOT NULL,
    skipped integer DEFAULT 0 NOT NULL,
    warnings integer DEFAULT 0 NOT NULL,
    errors integer DEFAULT 0 NOT NULL,
    lost integer DEFAULT 0 NOT NULL,
    live jsonb,
    end_event jsonb,
    info jsonb NOT NULL
)
WITH (fillfactor='50');


--
-- Name: result; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.result (
    run_id integer NOT NULL,
    test_id integer NOT NULL,
    start_time timestamp with time zone NOT NULL,
    elapsed_time double precision NOT NULL,
    tag_set_id integer NOT NULL,
    seq integer NOT NULL,
    lineno integer,
    process_no smallint NOT NULL,
    status smallint NOT NULL,
    id text NOT NULL,
    message text,
    source text,
    CONSTRAINT result_status_check CHECK (((status >= 0) AND (status <= 3)))
)
PARTITION BY RANGE (run_id);


--
-- Name: result_r1; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.result_r1 (
    run_id integer CONSTRAINT result_run_id_not_null NOT NULL,
    test_id integer CONSTRAINT result_test_id_not_null NOT NULL,
    start_time timestamp with time zone CONSTRAINT result_start_time_not_null NOT NULL,
    elapsed_time double precision CONSTRAINT result_elapsed_time_not_null NOT NULL,
    tag_set_id integer CONSTRAINT result_tag_set_id_not_null NOT NULL,
    seq integer CONSTRAINT result_seq_not_null NOT NULL,
    lineno integer,
    process_no smallint CONSTRAINT result_process_no_not_null NOT NULL,
    status smallint CONSTRAINT result_status_not_null NOT NULL,
    id text CONSTRAINT result_id_not_null NOT NULL,
    message text,
    source text,
    CONSTRAINT result_status_check CHECK (((status >= 0) AND (status <= 3)))
);


--
-- Name: run; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.run (
    id integer NOT NULL,
    key text NOT NULL,
    setup_id integer NOT NULL,
    configuration_id integer NOT NULL,
    commit_id integer,
    branch text DEFAULT ''::text NOT NULL,
    name text DEFAULT ''::text NOT NULL,
    state text DEFAULT 'running'::text NOT NULL,
    verification text DEFAULT 'pending'::text NOT NULL,
    status text,
    total integer DEFAULT 0 NOT NULL,
    passed integer DEFAULT 0 NOT NULL,
    failed integer DEFAULT 0 NOT NULL,
    skipped integer DEFAULT 0 NOT NULL,
    warnings integer DEFAULT 0 NOT NULL,
    errors integer DEFAULT 0 NOT NULL,
    lost integer DEFAULT 0 NOT NULL,
    announced integer DEFAULT 0 NOT NULL,
    started_at timestamp with time zone NOT NULL,
    ended_at timestamp with time zone,
    sorted_at timestamp with time zone NOT NULL,
    received_at timestamp with time zone NOT NULL,
    last_news_at timestamp with time zone NOT NULL,
    build_url text DEFAULT ''::text NOT NULL,
    info jsonb NOT NULL,
    token_id integer,
    CONSTRAINT run_state_check CHECK ((state = ANY (ARRAY['running'::text, 'finished'::text, 'abandoned'::text]))),
    CONSTRAINT run_status_check CHECK ((status = ANY (ARRAY['PASS'::text, 'FAIL'::text, 'SKIP'::text]))),
    CONSTRAINT run_verification_check CHECK ((verification = ANY (ARRAY['pending'::text, 'verified'::text, 'partial'::text])))
)
WITH (fillfactor='70');


--
-- Name: run_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

ALTER TABLE public.run ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.run_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: session; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.session (
    id integer NOT NULL,
    sha256 bytea NOT NULL,
    token_id integer NOT NULL,
    created_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL
);


--
-- Name: session_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

ALTER TABLE public.session ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.session_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: setup; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.setup (
    id integer NOT NULL,
    name text NOT NULL,
    first_seen timestamp with time zone DEFAULT now() NOT NULL
);


--
-- Name: setup_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

ALTER TABLE public.setup ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.setup_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: suite; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.suite (
    id integer NOT NULL,
    digest bytea NOT NULL,
    longname text NOT NULL,
    name text NOT NULL
);


--
-- Name: suite_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

ALTER TABLE public.suite ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.suite_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: suite_result; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.suite_result (
    run_id integer NOT NULL,
    suite_id integer NOT NULL,
    start_time timestamp with time zone NOT NULL,
    elapsed_time double precision,
    seq integer NOT NULL,
    test_count integer NOT NULL,
    process_no smallint NOT NULL,
    id text NOT NULL,
    status text,
    message text DEFAULT ''::text NOT NULL,
    source text NOT NULL,
    doc text NOT NULL,
    metadata jsonb NOT NULL,
    setup jsonb,
    teardown jsonb,
    CONSTRAINT suite_result_status_check CHECK ((status = ANY (ARRAY['PASS'::text, 'FAIL'::text, 'SKIP'::text, 'NOT RUN'::text])))
)
PARTITION BY RANGE (run_id);


--
-- Name: suite_result_r1; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.suite_result_r1 (
    run_id integer CONSTRAINT suite_result_run_id_not_null NOT NULL,
    suite_id integer CONSTRAINT suite_result_suite_id_not_null NOT NULL,
    start_time timestamp with time zone CONSTRAINT suite_result_start_time_not_null NOT NULL,
    elapsed_time double precision,
    seq integer CONSTRAINT suite_result_seq_not_null NOT NULL,
    test_count integer CONSTRAINT suite_result_test_count_not_null NOT NULL,
    process_no smallint CONSTRAINT suite_result_process_no_not_null NOT NULL,
    id text CONSTRAINT suite_result_id_not_null NOT NULL,
    status text,
    message text DEFAULT ''::text CONSTRAINT suite_result_message_not_null NOT NULL,
    source text CONSTRAINT suite_result_source_not_null NOT NULL,
    doc text CONSTRAINT suite_result_doc_not_null NOT NULL,
    metadata jsonb CONSTRAINT suite_result_metadata_not_null NOT NULL,
    setup jsonb,
    teardown jsonb,
    CONSTRAINT suite_result_status_check CHECK ((status = ANY (ARRAY['PASS'::text, 'FAIL'::text, 'SKIP'::text, 'NOT RUN'::text])))
);


--
-- Name: tag_set; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.tag_set (
    id integer NOT NULL,
    digest bytea NOT NULL,
    tags jsonb NOT NULL
);


--
-- Name: tag_set_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

ALTER TABLE public.tag_set ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.tag_set_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: test; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.test (
    id integer NOT NULL,
    digest bytea NOT NULL,
    longname text NOT NULL,
    name text NOT NULL
);


--
-- Name: test_duration; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.test_duration (
    setup_id integer NOT NULL,
    test_id integer NOT NULL,
    elapsed_time real NOT NULL
);


--
-- Name: test_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

ALTER TABLE public.test ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.test_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: token; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.token (
    id integer NOT NULL,
    name text NOT NULL,
    scope text NOT NULL,
    sha256 bytea NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    last_used_at timestamp with time zone,
    revoked_at timestamp with time zone,
    setups text[],
    expires_at timestamp with time zone,
    CONSTRAINT token_scope_check CHECK ((scope = ANY (ARRAY['ingest'::text, 'upload'::text, 'read'::text, 'builds'::text, 'submit'::text, 'agent'::text, 'admin'::text]))),
    CONSTRAINT token_setups_check CHECK ((cardinality(setups) > 0))
);


--
-- Name: token_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

ALTER TABLE public.token ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.token_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: result_r1; Type: TABLE ATTACH; Schema: public; Owner: -
--

ALTER TABLE ONLY public.result ATTACH PARTITION public.result_r1 FOR VALUES FROM (1) TO (513);


--
-- Name: suite_result_r1; Type: TABLE ATTACH; Schema: public; Owner: -
--

ALTER TABLE ONLY public.suite_result ATTACH PARTITION public.suite_result_r1 FOR VALUES FROM (1) TO (513);


--
-- Data for Name: artifact; Type: TABLE DATA; Schema: public; Owner: -
--

COPY public.artifact (run_id, name, process_no, content_type, size, sha256, stored_at) FROM stdin;
3	log.html	\N	text/html; charset=utf-8	13	0a9bcad9de45da4a967ce6cddef0a497b1c3e22565a7c48bb9bb2a28a9ad23bf	2026-11-22 13:47:44.076829+00
\.


--
-- Data for Name: commit; Type: TABLE DATA; Schema: public; Owner: -
--

COPY public.commit (id, repository, branch, hash, committed_at, ordinal, first_seen) FROM stdin;
1		main	c0ffee	\N	\N	2026-11-22 13:47:42.805483+00
\.


--
-- Data for Name: configuration; Type: TABLE DATA; Schema: public; Owner: -
--

COPY public.configuration (id, digest, labels) FROM stdin;
1	\\x44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a	{}
2	\\xd76f2ff2ce52ef0c6be8a69dd135312860a9afee0e926b9319fdff8243d8e1af	{"os": "debian-12", "arch": "amd64"}
\.


--
-- Data for Name: migration; Type: TABLE DATA; Schema: public; Owner: -
--

COPY public.migration (name, sha256, applied_at, breaking) FROM stdin;
0001.initial	ce7fb453e7dc04905453267e3e8842a95ea803b2189a0ea9bbb4316d933447ad	2026-11-22 13:47:35.04818+00	f
0002.builds	6ae49b1c161a675f7eba7792a22c9ed86bfd8d598cbbbe311b3398e149fd972f	2026-11-22 13:47:35.04818+00	f
0003.access	3a0c21270221bc970bf548bf4f62c4919fc57203bf095a0d9b21f20f2d1ec735	2026-11-22 13:47:35.04818+00	f
\.


--
-- Data for Name: process; Type: TABLE DATA; Schema: public; Owner: -
--

COPY public.process (run_id, no, name, slot, superseded, ended, verified, last_seq, total, passed, failed, skipped, warnings, errors, lost, live, end_event, info) FROM stdin;
1	0	0		f	f	f	3	2	1	1	0	0	0	0	{"lost": 0, "root": "Suite", "test": null, "ended": false, "counts": {"total": 2, "failed": 1, "passed": 1, "skipped": 0}, "errors": 0, "suites": [{"id": "s1", "name": "Suite", "longname": "Suite", "started_at": "2026-03-01T12:00:00.250000+00:00"}], "failures": [{"id": "s1-t2", "name": "Two", "message": "Then the power failed", "process": "0", "longname": "Suite.Two"}], "live_seq": 3, "warnings": 0}	\N	{"host": "", "slot": "", "build": null, "pabot": false, "setup": "vm1", "total": 0, "branch": "", "commit": "", "labels": {}, "resent": false, "process": "0", "sent_at": "", "platform": "", "addresses": [], "repository": "", "started_at": "2026-03-01T12:00:00.250000+00:00", "last_in_pool": false, "wire_version": 1, "robot_version": "", "python_version": "", "listener_version": ""}
4	0	a	1	f	f	f	0	0	0	0	0	0	0	0	\N	\N	{"host": "", "slot": "1", "build": null, "pabot": true, "setup": "vm1", "total": 1, "branch": "", "commit": "", "labels": {}, "resent": false, "process": "a", "sent_at": "", "platform": "", "addresses": [], "repository": "", "started_at": "2026-03-01T12:00:00.250000+00:00", "last_in_pool": false, "wire_version": 1, "robot_version": "", "python_version": "", "listener_version": ""}
2	0	0-565e5d9d		f	t	t	86	38	31	7	0	0	0	0	\N	{"total": 38, "digest": "f35f65cedde6ae2bb88e2a3fa01220b27a85f1ed636795710a59a712f85dcb9e", "errors": 0, "failed": 7, "passed": 31, "skipped": 0, "warnings": 0}	{"host": "node-1", "slot": "", "build": null, "pabot": false, "setup": "vm-1", "total": 0, "branch": "main", "commit": "c0ffee", "labels": {"os": "debian-12", "arch": "amd64"}, "resent": false, "process": "0-565e5d9d", "sent_at": "2026-11-22T13:47:42.802247+00:00", "platform": "Linux-6.18.44-fc-v669-x86_64-with-glibc2.36 x86_64", "addresses": ["127.0.0.1"], "repository": "", "started_at": "2026-11-22T13:47:42.611357+00:00", "last_in_pool": false, "wire_version": 1, "robot_version": "7.5", "python_version": "3.11.7", "listener_version": "0.1.0"}
4	1	b	2	t	f	f	1	1	0	0	0	0	0	0	\N	\N	{"host": "", "slot": "2", "build": null, "pabot": true, "setup": "vm1", "total": 1, "branch": "", "commit": "", "labels": {}, "resent": false, "process": "b", "sent_at": "", "platform": "", "addresses": [], "repository": "", "started_at": "2026-03-01T12:00:00.250000+00:00", "last_in_pool": false, "wire_version": 1, "robot_version": "", "python_version": "", "listener_version": ""}
3	0	0-00ee3ad1		f	t	t	86	38	31	7	0	0	0	0	\N	{"total": 38, "digest": "f35f65cedde6ae2bb88e2a3fa01220b27a85f1ed636795710a59a712f85dcb9e", "errors": 0, "failed": 7, "passed": 31, "skipped": 0, "warnings": 0}	{"host": "node-1", "slot": "", "build": null, "pabot": false, "setup": "vm-1", "total": 0, "branch": "main", "commit": "c0ffee", "labels": {"os": "debian-12", "arch": "amd64"}, "resent": false, "process": "0-00ee3ad1", "sent_at": "2026-11-22T13:47:43.590070+00:00", "platform": "Linux-6.18.44-fc-v669-x86_64-with-glibc2.36 x86_64", "addresses": ["127.0.0.1"], "repository": "", "started_at": "2026-11-22T13:47:43.563455+00:00", "last_in_pool": false, "wire_version": 1, "robot_version": "7.5", "python_version": "3.11.7", "listener_version": "0.1.0"}
5	0	0		f	f	f	3	2	0	1	0	0	0	0	{"lost": 0, "root": "Suite", "test": null, "ended": false, "counts": {"total": 2, "failed": 1, "passed": 0, "skipped": 0}, "errors": 0, "suites": [{"id": "s1", "name": "Suite", "longname": "Suite", "started_at": "2026-03-01T12:00:00.250000+00:00"}], "failures": [{"id": "s1-t1", "name": "One", "message": "Not yet ✗", "process": "0", "longname": "Suite.One"}], "live_seq": 3, "warnings": 0}	\N	{"host": "node-open", "slot": "", "build": null, "pabot": false, "setup": "vm-open", "total": 0, "branch": "", "commit": "", "labels": {}, "resent": false, "process": "0", "sent_at": "", "platform": "", "addresses": [], "repository": "", "started_at": "2026-03-01T12:00:00.250000+00:00", "last_in_pool": false, "wire_version": 1, "robot_version": "", "python_version": "", "listener_version": ""}
4	2	c	2	f	t	t	5	1	0	0	1	1	2	2	{"lost": 2, "root": "Parallel", "test": null, "ended": true, "counts": {"total": 1, "failed": 0, "passed": 0, "skipped": 1}, "errors": 2, "suites": [], "failures": [], "live_seq": 5, "warnings": 1}	{"total": 1, "digest": "5c2d30ecc89b1934648624a77d31ac91c794a416c342db89ea40cbe48a947262", "errors": 2, "failed": 0, "passed": 0, "skipped": 1, "warnings": 1}	{"host": "", "slot": "2", "build": null, "pabot": true, "setup": "vm1", "total": 1, "branch": "", "commit": "", "labels": {}, "resent": false, "process": "c", "sent_at": "", "platform": "", "addresses": [], "repository": "", "started_at": "2026-03-01T12:00:00.250000+00:00", "last_in_pool": false, "wire_version": 1, "robot_version": "", "python_version": "", "listener_version": ""}
\.


--
-- Data for Name: result_r1; Type: TABLE DATA; Schema: public; Owner: -
--

COPY public.result_r1 (run_id, test_id, start_time, elapsed_time, tag_set_id, seq, lineno, process_no, status, id, message, source) FROM stdin;
1	1	2026-03-01 12:00:00.25+00	1.5	1	2	10	0	0	s1-t1	\N	\N
1	2	2026-03-01 12:00:01.75+00	1.5	1	3	20	0	1	s1-t2	Then the power failed	\N
2	14	2026-11-22 13:47:42.618112+00	0.000472	1	5	7	0	1	s1-s1-t1	Parent suite setup failed:\nThe suite setup failed\nin two lines	\N
2	23	2026-11-22 13:47:42.618845+00	0.000281	1	7	10	0	1	s1-s1-t2	Parent suite setup failed:\nThe suite setup failed\nin two lines	\N
2	12	2026-11-22 13:47:42.619598+00	0.000313	5	9	14	0	1	s1-s1-t3	Parent suite setup failed:\nThe suite setup failed\nin two lines	\N
2	24	2026-11-22 13:47:42.62765+00	0.016269	1	13	11	0	1	s1-s2-t1	long	\N
2	31	2026-11-22 13:47:42.645519+00	0.016579	1	15	14	0	0	s1-s2-t2	\N	\N
2	4	2026-11-22 13:47:42.662372+00	0.001187	1	17	17	0	0	s1-s2-t3	\N	\N
2	21	2026-11-22 13:47:42.664267+00	0.000917	1	19	20	0	0	s1-s2-t4	\N	\N
2	9	2026-11-22 13:47:42.665443+00	0.001359	1	21	23	0	1	s1-s2-t5	失敗 ✗	\N
2	34	2026-11-22 13:47:42.667049+00	0.000856	1	23	26	0	0	s1-s2-t6	\N	\N
2	16	2026-11-22 13:47:42.668067+00	0.000794	1	25	29	0	0	s1-s2-t7	\N	\N
2	22	2026-11-22 13:47:42.669081+00	0.000729	1	27	32	0	0	s1-s2-t8	\N	\N
2	27	2026-11-22 13:47:42.669984+00	0.000809	1	29	35	0	0	s1-s2-t9	\N	\N
2	6	2026-11-22 13:47:42.671171+00	0.000833	1	31	38	0	0	s1-s2-t10	\N	\N
2	28	2026-11-22 13:47:42.672167+00	0.001085	1	33	41	0	0	s1-s2-t11	\N	\N
2	7	2026-11-22 13:47:42.673485+00	0.000709	1	35	44	0	0	s1-s2-t12	\N	\N
2	40	2026-11-22 13:47:42.674535+00	0.000678	1	37	47	0	0	s1-s2-t13	\N	\N
2	17	2026-11-22 13:47:42.675424+00	0.000675	1	39	50	0	0	s1-s2-t14	\N	\N
2	25	2026-11-22 13:47:42.67628+00	0.000705	1	41	53	0	0	s1-s2-t15	\N	\N
2	15	2026-11-22 13:47:42.677195+00	0.000736	1	43	56	0	0	s1-s2-t16	\N	\N
2	11	2026-11-22 13:47:42.678627+00	0.0008	1	45	59	0	0	s1-s2-t17	\N	\N
2	39	2026-11-22 13:47:42.679627+00	0.000731	1	47	62	0	0	s1-s2-t18	\N	\N
2	36	2026-11-22 13:47:42.680541+00	0.000676	1	49	65	0	0	s1-s2-t19	\N	\N
2	33	2026-11-22 13:47:42.681561+00	0.000654	1	51	68	0	0	s1-s2-t20	\N	\N
2	3	2026-11-22 13:47:42.682403+00	0.000707	1	53	71	0	0	s1-s2-t21	\N	\N
2	38	2026-11-22 13:47:42.683287+00	0.000666	1	55	74	0	0	s1-s2-t22	\N	\N
2	30	2026-11-22 13:47:42.684257+00	0.000717	1	57	77	0	0	s1-s2-t23	\N	\N
2	10	2026-11-22 13:47:42.685428+00	0.000872	1	59	80	0	0	s1-s2-t24	\N	\N
2	18	2026-11-22 13:47:42.689271+00	0.000854	8	63	9	0	0	s1-s3-t1	\N	\N
2	26	2026-11-22 13:47:42.690326+00	0.000995	7	65	12	0	0	s1-s3-t2	\N	\N
2	29	2026-11-22 13:47:42.691515+00	0.00087	1	67	15	0	0	s1-s3-t3	\N	\N
2	13	2026-11-22 13:47:42.692632+00	0.000905	12	69	18	0	0	s1-s3-t4	\N	\N
2	20	2026-11-22 13:47:42.69376+00	0.000811	6	71	22	0	0	s1-s3-t5	\N	\N
2	37	2026-11-22 13:47:42.694793+00	0.000971	2	73	26	0	0	s1-s3-t6	\N	\N
2	32	2026-11-22 13:47:42.69599+00	0.002433	10	75	29	0	0	s1-s3-t7	\N	\N
2	8	2026-11-22 13:47:42.699153+00	0.001092	3	77	32	0	0	s1-s3-t8	\N	\N
2	5	2026-11-22 13:47:42.700516+00	0.001582	9	79	35	0	0	s1-s3-t9	\N	\N
2	19	2026-11-22 13:47:42.702328+00	0.001852	11	81	39	0	1	s1-s3-t10	Fails with tags	\N
2	35	2026-11-22 13:47:42.704408+00	0.001421	4	83	43	0	1	s1-s3-t11	Several failures occurred:\n\n1) one\n\n2) two	\N
3	14	2026-11-22 13:47:43.580905+00	0.004768	1	5	7	0	1	s1-s1-t1	Parent suite setup failed:\nThe suite setup failed\nin two lines	\N
3	23	2026-11-22 13:47:43.586012+00	0.000374	1	7	10	0	1	s1-s1-t2	Parent suite setup failed:\nThe suite setup failed\nin two lines	\N
3	12	2026-11-22 13:47:43.586569+00	0.000293	5	9	14	0	1	s1-s1-t3	Parent suite setup failed:\nThe suite setup failed\nin two lines	\N
3	24	2026-11-22 13:47:43.602734+00	0.049398	1	13	11	0	1	s1-s2-t1	long	\N
3	31	2026-11-22 13:47:43.653803+00	0.03665	1	15	14	0	0	s1-s2-t2	\N	\N
3	4	2026-11-22 13:47:43.694113+00	0.001893	1	17	17	0	0	s1-s2-t3	\N	\N
3	21	2026-11-22 13:47:43.697315+00	0.001659	1	19	20	0	0	s1-s2-t4	\N	\N
3	9	2026-11-22 13:47:43.699235+00	0.001828	1	21	23	0	1	s1-s2-t5	失敗 ✗	\N
3	34	2026-11-22 13:47:43.7014+00	0.001095	1	23	26	0	0	s1-s2-t6	\N	\N
3	16	2026-11-22 13:47:43.7027+00	0.001011	1	25	29	0	0	s1-s2-t7	\N	\N
3	22	2026-11-22 13:47:43.703907+00	0.001031	1	27	32	0	0	s1-s2-t8	\N	\N
3	27	2026-11-22 13:47:43.705197+00	0.001306	1	29	35	0	0	s1-s2-t9	\N	\N
3	6	2026-11-22 13:47:43.706844+00	0.001144	1	31	38	0	0	s1-s2-t10	\N	\N
3	28	2026-11-22 13:47:43.708203+00	0.000966	1	33	41	0	0	s1-s2-t11	\N	\N
3	7	2026-11-22 13:47:43.709506+00	0.00096	1	35	44	0	0	s1-s2-t12	\N	\N
3	40	2026-11-22 13:47:43.710831+00	0.000997	1	37	47	0	0	s1-s2-t13	\N	\N
3	17	2026-11-22 13:47:43.712072+00	0.001349	1	39	50	0	0	s1-s2-t14	\N	\N
3	25	2026-11-22 13:47:43.714159+00	0.001163	1	41	53	0	0	s1-s2-t15	\N	\N
3	15	2026-11-22 13:47:43.715555+00	0.000882	1	43	56	0	0	s1-s2-t16	\N	\N
3	11	2026-11-22 13:47:43.716846+00	0.000724	1	45	59	0	0	s1-s2-t17	\N	\N
3	39	2026-11-22 13:47:43.7177+00	0.000631	1	47	62	0	0	s1-s2-t18	\N	\N
3	36	2026-11-22 13:47:43.718467+00	0.000572	1	49	65	0	0	s1-s2-t19	\N	\N
3	33	2026-11-22 13:47:43.71918+00	0.00106	1	51	68	0	0	s1-s2-t20	\N	\N
3	3	2026-11-22 13:47:43.720471+00	0.000994	1	53	71	0	0	s1-s2-t21	\N	\N
3	38	2026-11-22 13:47:43.721687+00	0.000952	1	55	74	0	0	s1-s2-t22	\N	\N
3	30	2026-11-22 13:47:43.722832+00	0.00093	1	57	77	0	0	s1-s2-t23	\N	\N
3	10	2026-11-22 13:47:43.723951+00	0.000904	1	59	80	0	0	s1-s2-t24	\N	\N
3	18	2026-11-22 13:47:43.728659+00	0.003971	8	63	9	0	0	s1-s3-t1	\N	\N
3	26	2026-11-22 13:47:43.732862+00	0.006758	7	65	12	0	0	s1-s3-t2	\N	\N
3	29	2026-11-22 13:47:43.739843+00	0.001025	1	67	15	0	0	s1-s3-t3	\N	\N
3	13	2026-11-22 13:47:43.74416+00	0.0012	12	69	18	0	0	s1-s3-t4	\N	\N
3	20	2026-11-22 13:47:43.745571+00	0.000976	6	71	22	0	0	s1-s3-t5	\N	\N
3	37	2026-11-22 13:47:43.746723+00	0.00102	2	73	26	0	0	s1-s3-t6	\N	\N
3	32	2026-11-22 13:47:43.74792+00	0.002337	10	75	29	0	0	s1-s3-t7	\N	\N
3	8	2026-11-22 13:47:43.750877+00	0.000989	3	77	32	0	0	s1-s3-t8	\N	\N
3	5	2026-11-22 13:47:43.752116+00	0.001246	9	79	35	0	0	s1-s3-t9	\N	\N
3	19	2026-11-22 13:47:43.753552+00	0.001601	11	81	39	0	1	s1-s3-t10	Fails with tags	\N
3	35	2026-11-22 13:47:43.75546+00	0.004198	4	83	43	0	1	s1-s3-t11	Several failures occurred:\n\n1) one\n\n2) two	\N
4	41	2026-03-01 12:00:00.25+00	1.5	13	2	10	2	2	s1-t1	\N	\N
5	1	2026-03-01 12:00:00.25+00	1.5	1	3	10	0	1	s1-t1	Not yet ✗	\N
\.


--
-- Data for Name: run; Type: TABLE DATA; Schema: public; Owner: -
--

COPY public.run (id, key, setup_id, configuration_id, commit_id, branch, name, state, verification, status, total, passed, failed, skipped, warnings, errors, lost, announced, started_at, ended_at, sorted_at, received_at, last_news_at, build_url, info, token_id) FROM stdin;
2	181ca180008c4676a0d9e7d8c3dc9f88	2	2	1	main	Traps	finished	verified	FAIL	38	31	7	0	0	0	0	0	2026-11-22 13:47:42.611357+00	2026-11-22 13:47:42.708196+00	2026-11-22 13:47:42.61409+00	2026-11-22 13:47:42.80498+00	2026-11-22 13:47:42.870858+00		{"host": "node-1", "slot": "", "build": null, "pabot": false, "setup": "vm-1", "total": 0, "branch": "main", "commit": "c0ffee", "labels": {"os": "debian-12", "arch": "amd64"}, "resent": false, "process": "0-565e5d9d", "sent_at": "2026-11-22T13:47:42.802247+00:00", "platform": "Linux-6.18.44-fc-v669-x86_64-with-glibc2.36 x86_64", "addresses": ["127.0.0.1"], "repository": "", "started_at": "2026-11-22T13:47:42.611357+00:00", "last_in_pool": false, "wire_version": 1, "robot_version": "7.5", "python_version": "3.11.7", "listener_version": "0.1.0"}	\N
1	3cbdb95d240943b28a3e59902719da8f	1	1	\N		Suite	abandoned	pending	FAIL	2	1	1	0	0	0	0	0	2026-03-01 12:00:00.25+00	2026-03-01 12:00:03.25+00	2026-03-01 12:00:00.25+00	2026-11-22 13:47:37.72739+00	2026-11-22 13:47:37.803943+00		{"host": "", "slot": "", "build": null, "pabot": false, "setup": "vm1", "total": 0, "branch": "", "commit": "", "labels": {}, "resent": false, "process": "0", "sent_at": "", "platform": "", "addresses": [], "repository": "", "started_at": "2026-03-01T12:00:00.250000+00:00", "last_in_pool": false, "wire_version": 1, "robot_version": "", "python_version": "", "listener_version": ""}	\N
3	3a3a94819257481da04e5be4e0518953	2	2	1	main	Traps	finished	verified	FAIL	38	31	7	0	0	0	0	0	2026-11-22 13:47:43.563455+00	2026-11-22 13:47:43.761756+00	2026-11-22 13:47:43.56782+00	2026-11-22 13:47:43.594435+00	2026-11-22 13:47:43.923169+00		{"host": "node-1", "slot": "", "build": null, "pabot": false, "setup": "vm-1", "total": 0, "branch": "main", "commit": "c0ffee", "labels": {"os": "debian-12", "arch": "amd64"}, "resent": false, "process": "0-00ee3ad1", "sent_at": "2026-11-22T13:47:43.590070+00:00", "platform": "Linux-6.18.44-fc-v669-x86_64-with-glibc2.36 x86_64", "addresses": ["127.0.0.1"], "repository": "", "started_at": "2026-11-22T13:47:43.563455+00:00", "last_in_pool": false, "wire_version": 1, "robot_version": "7.5", "python_version": "3.11.7", "listener_version": "0.1.0"}	\N
5	open-run	3	1	\N		Suite	running	pending	\N	2	0	1	0	0	0	0	0	2026-03-01 12:00:00.25+00	\N	2026-03-01 12:00:00.25+00	2026-11-22 13:47:48.374007+00	2026-11-22 13:47:48.459482+00		{"host": "node-open", "slot": "", "build": null, "pabot": false, "setup": "vm-open", "total": 0, "branch": "", "commit": "", "labels": {}, "resent": false, "process": "0", "sent_at": "", "platform": "", "addresses": [], "repository": "", "started_at": "2026-03-01T12:00:00.250000+00:00", "last_in_pool": false, "wire_version": 1, "robot_version": "", "python_version": "", "listener_version": ""}	\N
4	17ae44da43e742139e3502625793dca1	1	1	\N		Parallel	running	pending	\N	1	0	0	1	1	2	2	1	2026-03-01 12:00:00.25+00	\N	2026-03-01 12:00:00.25+00	2026-11-22 13:47:44.080829+00	2026-11-22 13:47:44.147867+00		{"host": "", "slot": "1", "build": null, "pabot": true, "setup": "vm1", "total": 1, "branch": "", "commit": "", "labels": {}, "resent": false, "process": "a", "sent_at": "", "platform": "", "addresses": [], "repository": "", "started_at": "2026-03-01T12:00:00.250000+00:00", "last_in_pool": false, "wire_version": 1, "robot_version": "", "python_version": "", "listener_version": ""}	\N
\.


--
-- Data for Name: session; Type: TABLE DATA; Schema: public; Owner: -
--

COPY public.session (id, sha256, token_id, created_at, expires_at) FROM stdin;
1	\\x144d32cbce7de056b89a8553274ede2b3073995cfa719350868d1ea03c0d6ed4	2	2026-11-22 13:47:45.985387+00	2027-12-27 13:47:45.985387+00
\.


--
-- Data for Name: setup; Type: TABLE DATA; Schema: public; Owner: -
--

COPY public.setup (id, name, first_seen) FROM stdin;
1	vm1	2026-11-22 13:47:37.727805+00
2	vm-1	2026-11-22 13:47:42.805483+00
3	vm-open	2026-11-22 13:47:48.374527+00
\.


--
-- Data for Name: suite; Type: TABLE DATA; Schema: public; Owner: -
--

COPY public.suite (id, digest, longname, name) FROM stdin;
1	\\x95c67e680b0f9732d19695bb84c5afbb	Suite	Suite
2	\\x0c53f74fecf0c2c6e73920a6b60c01d4	Traps.Tags	Tags
3	\\xa60ac79c9d2fd8c933f47324d2b41bf7	Traps.Names	Names
4	\\xb90e19b1112db808f584f615965cc813	Traps	Traps
5	\\xec09a4c551ff71f04fc036fc695eb64e	Traps.Leaf Setup Fails	Leaf Setup Fails
6	\\xd7d084195806ac375106ba6fa51af051	Parallel	Parallel
\.


--
-- Data for Name: suite_result_r1; Type: TABLE DATA; Schema: public; Owner: -
--

COPY public.suite_result_r1 (run_id, suite_id, start_time, elapsed_time, seq, test_count, process_no, id, status, message, source, doc, metadata, setup, teardown) FROM stdin;
1	1	2026-03-01 12:00:00.25+00	\N	1	2	0	s1	\N		/tests/suite.robot	Doc.	{}	\N	\N
2	4	2026-11-22 13:47:42.580395+00	0.127801	1	38	0	s1	FAIL				{}	\N	\N
2	5	2026-11-22 13:47:42.614044+00	0.007064	3	3	0	s1-s1	FAIL	Suite setup failed:\nThe suite setup failed\nin two lines	/srv/suites/02__leaf_setup_fails.robot		{}	{"name": "Fail", "status": "FAIL", "elapsed_time": 0.000808}	{"name": "Log", "status": "PASS", "elapsed_time": 0.00049}
2	3	2026-11-22 13:47:42.621671+00	0.064929	11	24	0	s1-s2	FAIL		/srv/suites/09__names.robot		{}	{"name": "Set Suite Variable", "status": "PASS", "elapsed_time": 0.000846}	\N
2	2	2026-11-22 13:47:42.687035+00	0.020476	61	11	0	s1-s3	FAIL		/srv/suites/11__tags.robot		{}	{"name": "Set Tags", "status": "PASS", "elapsed_time": 0.000394}	{"name": "Run Keyword And Expect Error", "status": "PASS", "elapsed_time": 0.001163}
3	5	2026-11-22 13:47:43.570469+00	0.017647	3	3	0	s1-s1	FAIL	Suite setup failed:\nThe suite setup failed\nin two lines	/srv/suites/02__leaf_setup_fails.robot		{}	{"name": "Fail", "status": "FAIL", "elapsed_time": 0.001975}	{"name": "Log", "status": "PASS", "elapsed_time": 0.000529}
3	4	2026-11-22 13:47:43.508935+00	0.252821	1	38	0	s1	FAIL				{}	\N	\N
3	3	2026-11-22 13:47:43.588709+00	0.136606	11	24	0	s1-s2	FAIL		/srv/suites/09__names.robot		{}	{"name": "Set Suite Variable", "status": "PASS", "elapsed_time": 0.001428}	\N
3	2	2026-11-22 13:47:43.725938+00	0.035255	61	11	0	s1-s3	FAIL		/srv/suites/11__tags.robot		{}	{"name": "Set Tags", "status": "PASS", "elapsed_time": 0.000478}	{"name": "Run Keyword And Expect Error", "status": "PASS", "elapsed_time": 0.000943}
4	6	2026-03-01 12:00:00.25+00	\N	1	1	1	s1	\N				{}	\N	\N
4	6	2026-03-01 12:00:00.25+00	1.5	1	1	2	s1	SKIP				{}	\N	\N
5	1	2026-03-01 12:00:00.25+00	\N	2	2	0	s1	\N		/tests/suite.robot	Doc.	{}	\N	\N
\.


--
-- Data for Name: tag_set; Type: TABLE DATA; Schema: public; Owner: -
--

COPY public.tag_set (id, digest, tags) FROM stdin;
1	\\xe3b0c44298fc1c149afbf4c8996fb924	[]
2	\\x660f84186546aea372509454e1b609b6	["a", "b", "common", "ctrl-[[31m]", "from-setup", "robot:continue-on-failure", "sep-ab", "Ünïcödé tag 🐙"]
3	\\x73ba7faa7ffa3d23538817b9e0e2103c	["A very long name, 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 ", "common", "from-setup", "robot:continue-on-failure", "Ünïcödé tag 🐙"]
4	\\x87c694be66bb77e6b496bc6762da76d1	["common", "from-setup", "robot:continue-on-failure", "Ünïcödé tag 🐙"]
5	\\x928e3e864ef668ef9811e0bfdf244226	["robot:skip"]
6	\\x948054ef046bb42b0eecd37848ba4584	["\\"quoted\\"", ";DROP", "<b>bold</b>", "a,b", "back\\\\slash", "common", "from-setup", "new\\nline", "NULL", "robot:continue-on-failure", "tab\\ttag", "{a,b}", "Ünïcödé tag 🐙"]
7	\\x96a1f653f074a6bedc8c709f4499f301	["robot:continue-on-failure", "Ünïcödé tag 🐙"]
8	\\xabb88dcc80d5fdda6830420d6134dedf	["Another one", "common", "from-setup", "new", "robot:continue-on-failure", "Ünïcödé tag 🐙"]
9	\\xbed1a78278793447a4e1e50f91128f18	["common", "from-setup", "in-teardown", "robot:continue-on-failure", "Ünïcödé tag 🐙"]
10	\\xc7c5a1610e398e281e19c103ed799525	["common", "from-setup", "robot:continue-on-failure", "tag-000", "tag-001", "tag-002", "tag-003", "tag-004", "tag-005", "tag-006", "tag-007", "tag-008", "tag-009", "tag-010", "tag-011", "tag-012", "tag-013", "tag-014", "tag-015", "tag-016", "tag-017", "tag-018", "tag-019", "tag-020", "tag-021", "tag-022", "tag-023", "tag-024", "tag-025", "tag-026", "tag-027", "tag-028", "tag-029", "tag-030", "tag-031", "tag-032", "tag-033", "tag-034", "tag-035", "tag-036", "tag-037", "tag-038", "tag-039", "tag-040", "tag-041", "tag-042", "tag-043", "tag-044", "tag-045", "tag-046", "tag-047", "tag-048", "tag-049", "tag-050", "tag-051", "tag-052", "tag-053", "tag-054", "tag-055", "tag-056", "tag-057", "tag-058", "tag-059", "tag-060", "tag-061", "tag-062", "tag-063", "tag-064", "tag-065", "tag-066", "tag-067", "tag-068", "tag-069", "tag-070", "tag-071", "tag-072", "tag-073", "tag-074", "tag-075", "tag-076", "tag-077", "tag-078", "tag-079", "tag-080", "tag-081", "tag-082", "tag-083", "tag-084", "tag-085", "tag-086", "tag-087", "tag-088", "tag-089", "tag-090", "tag-091", "tag-092", "tag-093", "tag-094", "tag-095", "tag-096", "tag-097", "tag-098", "tag-099", "tag-100", "tag-101", "tag-102", "tag-103", "tag-104", "tag-105", "tag-106", "tag-107", "tag-108", "tag-109", "tag-110", "tag-111", "tag-112", "tag-113", "tag-114", "tag-115", "tag-116", "tag-117", "tag-118", "tag-119", "tag-120", "tag-121", "tag-122", "tag-123", "tag-124", "tag-125", "tag-126", "tag-127", "tag-128", "tag-129", "tag-130", "tag-131", "tag-132", "tag-133", "tag-134", "tag-135", "tag-136", "tag-137", "tag-138", "tag-139", "tag-140", "tag-141", "tag-142", "tag-143", "tag-144", "tag-145", "tag-146", "tag-147", "tag-148", "tag-149", "tag-150", "tag-151", "tag-152", "tag-153", "tag-154", "tag-155", "tag-156", "tag-157", "tag-158", "tag-159", "tag-160", "tag-161", "tag-162", "tag-163", "tag-164", "tag-165", "tag-166", "tag-167", "tag-168", "tag-169", "tag-170", "tag-171", "tag-172", "tag-173", "tag-174", "tag-175", "tag-176", "tag-177", "tag-178", "tag-179", "tag-180", "tag-181", "tag-182", "tag-183", "tag-184", "tag-185", "tag-186", "tag-187", "tag-188", "tag-189", "tag-190", "tag-191", "tag-192", "tag-193", "tag-194", "tag-195", "tag-196", "tag-197", "tag-198", "tag-199", "tag-200", "tag-201", "tag-202", "tag-203", "tag-204", "tag-205", "tag-206", "tag-207", "tag-208", "tag-209", "tag-210", "tag-211", "tag-212", "tag-213", "tag-214", "tag-215", "tag-216", "tag-217", "tag-218", "tag-219", "tag-220", "tag-221", "tag-222", "tag-223", "tag-224", "tag-225", "tag-226", "tag-227", "tag-228", "tag-229", "tag-230", "tag-231", "tag-232", "tag-233", "tag-234", "tag-235", "tag-236", "tag-237", "tag-238", "tag-239", "tag-240", "tag-241", "tag-242", "tag-243", "tag-244", "tag-245", "tag-246", "tag-247", "tag-248", "tag-249", "tag-250", "tag-251", "tag-252", "tag-253", "tag-254", "tag-255", "tag-256", "tag-257", "tag-258", "tag-259", "tag-260", "tag-261", "tag-262", "tag-263", "tag-264", "tag-265", "tag-266", "tag-267", "tag-268", "tag-269", "tag-270", "tag-271", "tag-272", "tag-273", "tag-274", "tag-275", "tag-276", "tag-277", "tag-278", "tag-279", "tag-280", "tag-281", "tag-282", "tag-283", "tag-284", "tag-285", "tag-286", "tag-287", "tag-288", "tag-289", "tag-290", "tag-291", "tag-292", "tag-293", "tag-294", "tag-295", "tag-296", "tag-297", "tag-298", "tag-299", "Ünïcödé tag 🐙"]
11	\\xd0ef1eea4655bb976fad8d3b4d18df59	["fail-tag", "from-setup", "robot:continue-on-failure", "set-first", "Ünïcödé tag 🐙"]
12	\\xe280578327dda40c868401afc4bef357	["from-setup", "own", "robot:continue-on-failure", "Traps.Tags", "with space", "Ünïcödé tag 🐙"]
13	\\xbf7615ea6ccca41a5223f3ad88219e4b	["slow"]
\.


--
-- Data for Name: test; Type: TABLE DATA; Schema: public; Owner: -
--

COPY public.test (id, digest, longname, name) FROM stdin;
1	\\x39d195e6f49e5577625bf509ac6cac62	Suite.One	One
2	\\x7bb4888340db7a7d78f98cfb8cb9f301	Suite.Two	Two
3	\\x029794c5566465f5b2ff51ccdcc0779d	Traps.Names.NULL	NULL
4	\\x180530762c1ad41088947f6e094352e7	Traps.Names.Emoji 🐙🧪👩‍👩‍👧‍👦🇫🇮 ünïcödé ẞ İ	Emoji 🐙🧪👩‍👩‍👧‍👦🇫🇮 ünïcödé ẞ İ
5	\\x24db83da63347e8d1a58f980f9c04950	Traps.Tags.Tags Set In Teardown	Tags Set In Teardown
6	\\x30cbaa8792693474e3d982ec84e495c7	Traps.Names.Separators [  ​‮﻿ ] in a name	Separators [  ​‮﻿ ] in a name
7	\\x4217a2d33211e2819533c1d4d2349c0b	Traps.Names.Carriage return\rand\r\nboth in a name	Carriage return\rand\r\nboth in a name
8	\\x42dc244ca34b6e0b999b71773c5d862a	Traps.Tags.Long Tag	Long Tag
9	\\x46976195b4fcfd04be2045fb97ee9177	Traps.Names.测试用例 — テスト — 시험	测试用例 — テスト — 시험
10	\\x49daa7cd0b0d35abb27e69a95c2820c0	Traps.Names.s1-s1-t1	s1-s1-t1
11	\\x4facb6aaec03401c4bc7ed62a39be82b	Traps.Names.With ${MISSING} variable	With ${MISSING} variable
12	\\x5186f13e2a8671e7cbb21201983a2b20	Traps.Leaf Setup Fails.Skipped By Tag In A Failed Suite	Skipped By Tag In A Failed Suite
13	\\x59c0cc2809b252bdfd13eb0156aa4ba6	Traps.Tags.Own Tags	Own Tags
14	\\x5e92aaa59cbee11f0ef83b526057371e	Traps.Leaf Setup Fails.Never Run	Never Run
15	\\x669a3e6d0f255fc1b38873cda07d8356	Traps.Names.With resolved 🐙	With resolved 🐙
16	\\x81abcd2304bf6e590dd8d5eaf1912492	Traps.Names.<script>alert("name")</script><img src=x onerror=alert(1)>	<script>alert("name")</script><img src=x onerror=alert(1)>
17	\\x82a0a8f3ba1fa65672313efb9b7127f1	Traps.Names.	
18	\\x854d4ac5c6b17cdff0c1a0e49babb140	Traps.Tags.Sets Tags	Sets Tags
19	\\x8894732b9627aea60259f0bbab842142	Traps.Tags.Tags Set While Failing	Tags Set While Failing
20	\\x88b14f3a00d7f7eff0a3d62b62466d05	Traps.Tags.Odd Tags	Odd Tags
21	\\x8ad79a63ff6d671f6d14d7ce527f36e9	Traps.Names.حالة اختبار من اليمين إلى اليسار	حالة اختبار من اليمين إلى اليسار
22	\\x8c2fc951a98271e5d63db7c580ea9338	Traps.Names.Dots.in.a.name... like a long.name.	Dots.in.a.name... like a long.name.
23	\\x96bcab45b71ef529f03b7a58cc0f8905	Traps.Leaf Setup Fails.Never Run Either	Never Run Either
24	\\xa2053fb18c2ec03b194c2597eebe2dfe	Traps.Names.A very long name, 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 	A very long name, 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 
25	\\xa631f43ae783979bf526a1dfc73677e3	Traps.Names.With a value with <b>markup</b>	With a value with <b>markup</b>
26	\\xb3a8d446717829812edc54bde870104d	Traps.Tags.Removes Tags	Removes Tags
27	\\xb7102d160433839c69878e8fc19b0ead	Traps.Names.Control characters [[31m] in a name	Control characters [[31m] in a name
28	\\xb7184cad01f947034051c93e6cfc5882	Traps.Names.Line\nbreak and\ttab in a name	Line\nbreak and\ttab in a name
29	\\xb72575da51a661b6d671affee944c7b5	Traps.Tags.Removes All Tags	Removes All Tags
30	\\xbfe3350ccfe2681f2a1e394d8ce509bc	Traps.Names.a-t1	a-t1
31	\\xc2412331741a9d06e514be900f7ef624	Traps.Names.A very long name, 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 that differs at its end only	A very long name, 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 that differs at its end only
32	\\xc650d8f3b8de7689a3327a20980952e9	Traps.Tags.Many Tags	Many Tags
33	\\xd771def5b6c1da79d387d71be33b5805	Traps.Names.\\.	\\.
34	\\xd79618e89140bc5adb8c5c5116be4dbd	Traps.Names.Combining é and composed é	Combining é and composed é
35	\\xe5c5f30193729382030be8743525031b	Traps.Tags.Continue On Failure By Tag From Setup	Continue On Failure By Tag From Setup
36	\\xe7a6eb9b780782038fccbb5e0154e349	Traps.Names.\\N	\\N
37	\\xeceec7e2eaf88bee8831fae7873ec054	Traps.Tags.Control Tags	Control Tags
38	\\xef8ea37026d847d1d355ba260dd7be70	Traps.Names.C:\\temp\\new\\u0041	C:\\temp\\new\\u0041
39	\\xf6e88ddb93a21d9067e2536f589ba698	Traps.Names.'; DROP TABLE result; -- "quoted" `ticks` $1 :name %s %(x)s {0}	'; DROP TABLE result; -- "quoted" `ticks` $1 :name %s %(x)s {0}
40	\\xf80c652af850d21d48212eb6034d3bc5	Traps.Names. Spaces around   	 Spaces around   
41	\\x491c40cd96be26b86ee4a368b13bf97a	Parallel.One	One
\.


--
-- Data for Name: test_duration; Type: TABLE DATA; Schema: public; Owner: -
--

COPY public.test_duration (setup_id, test_id, elapsed_time) FROM stdin;
2	3	0.00079310004
2	4	0.0013987999
2	5	0.0014812001
2	6	0.0009263
2	7	0.0007843
2	8	0.0010611
2	9	0.0014997
2	10	0.0008816
2	11	0.0007772
2	12	0.000307
2	13	0.0009935
2	14	0.0017608
2	15	0.0007798
2	16	0.0008591
2	17	0.00087720004
2	18	0.0017891
2	19	0.0017767
2	20	0.0008605
2	21	0.0011396
2	22	0.0008196
2	23	0.0003089
2	24	0.0262077
2	25	0.0008424
2	26	0.0027239
2	27	0.0009581
2	28	0.0010493
2	29	0.0009165
2	30	0.0007809
2	31	0.0226003
2	32	0.0024042
2	33	0.00077579997
2	34	0.00092769996
2	35	0.0022541
2	36	0.0006448
2	37	0.0009856999
2	38	0.0007518
2	39	0.000701
2	40	0.0007737
\.


--
-- Data for Name: token; Type: TABLE DATA; Schema: public; Owner: -
--

COPY public.token (id, name, scope, sha256, created_at, last_used_at, revoked_at, setups, expires_at) FROM stdin;
1	nodes	ingest	\\xca631dad96974dd8b0a5e3478056bd8f5d21c3a6139eb2e3e7c5adfcef316c9c	2026-11-22 13:47:35.369373+00	\N	\N	\N	\N
3	ended	upload	\\x2d9977fdaa40d39237ac47382f90146b5f614884d78143e83130df8f3f54bde3	2026-11-22 13:47:36.033615+00	\N	2026-11-22 13:47:36.336673+00	\N	\N
2	screens	read	\\xba8d6a862c3f96523554c28f7b0cdef065c3dd4d99cf92a96d11e03ef77c793d	2026-11-22 13:47:35.704684+00	\N	\N	\N	\N
\.


--
-- Name: commit_id_seq; Type: SEQUENCE SET; Schema: public; Owner: -
--

SELECT pg_catalog.setval('public.commit_id_seq', 1, true);


--
-- Name: configuration_id_seq; Type: SEQUENCE SET; Schema: public; Owner: -
--

SELECT pg_catalog.setval('public.configuration_id_seq', 2, true);


--
-- Name: run_id_seq; Type: SEQUENCE SET; Schema: public; Owner: -
--

SELECT pg_catalog.setval('public.run_id_seq', 5, true);


--
-- Name: session_id_seq; Type: SEQUENCE SET; Schema: public; Owner: -
--

SELECT pg_catalog.setval('public.session_id_seq', 1, true);


--
-- Name: setup_id_seq; Type: SEQUENCE SET; Schema: public; Owner: -
--

SELECT pg_catalog.setval('public.setup_id_seq', 3, true);


--
-- Name: suite_id_seq; Type: SEQUENCE SET; Schema: public; Owner: -
--

SELECT pg_catalog.setval('public.suite_id_seq', 6, true);


--
-- Name: tag_set_id_seq; Type: SEQUENCE SET; Schema: public; Owner: -
--

SELECT pg_catalog.setval('public.tag_set_id_seq', 13, true);


--
-- Name: test_id_seq; Type: SEQUENCE SET; Schema: public; Owner: -
--

SELECT pg_catalog.setval('public.test_id_seq', 41, true);


--
-- Name: token_id_seq; Type: SEQUENCE SET; Schema: public; Owner: -
--

SELECT pg_catalog.setval('public.token_id_seq', 3, true);


--
-- Name: artifact artifact_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.artifact
    ADD CONSTRAINT artifact_pkey PRIMARY KEY (run_id, name);


--
-- Name: commit commit_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.commit
    ADD CONSTRAINT commit_pkey PRIMARY KEY (id);


--
-- Name: commit commit_repository_branch_hash_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.commit
    ADD CONSTRAINT commit_repository_branch_hash_key UNIQUE (repository, branch, hash);


--
-- Name: configuration configuration_digest_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.configuration
    ADD CONSTRAINT configuration_digest_key UNIQUE (digest);


--
-- Name: configuration configuration_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.configuration
    ADD CONSTRAINT configuration_pkey PRIMARY KEY (id);


--
-- Name: migration migration_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.migration
    ADD CONSTRAINT migration_pkey PRIMARY KEY (name);


--
-- Name: process process_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.process
    ADD CONSTRAINT process_pkey PRIMARY KEY (run_id, no);


--
-- Name: process process_run_id_name_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.process
    ADD CONSTRAINT process_run_id_name_key UNIQUE (run_id, name);


--
-- Name: run run_key_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.run
    ADD CONSTRAINT run_key_key UNIQUE (key);


--
-- Name: run run_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.run
    ADD CONSTRAINT run_pkey PRIMARY KEY (id);


--
-- Name: session session_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.session
    ADD CONSTRAINT session_pkey PRIMARY KEY (id);


--
-- Name: session session_sha256_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.session
    ADD CONSTRAINT session_sha256_key UNIQUE (sha256);


--
-- Name: setup setup_name_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.setup
    ADD CONSTRAINT setup_name_key UNIQUE (name);


--
-- Name: setup setup_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.setup
    ADD CONSTRAINT setup_pkey PRIMARY KEY (id);


--
-- Name: suite suite_digest_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.suite
    ADD CONSTRAINT suite_digest_key UNIQUE (digest);


--
-- Name: suite suite_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.suite
    ADD CONSTRAINT suite_pkey PRIMARY KEY (id);


--
-- Name: suite_result suite_result_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.suite_result
    ADD CONSTRAINT suite_result_pkey PRIMARY KEY (run_id, process_no, id);


--
-- Name: suite_result_r1 suite_result_r1_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.suite_result_r1
    ADD CONSTRAINT suite_result_r1_pkey PRIMARY KEY (run_id, process_no, id);


--
-- Name: tag_set tag_set_digest_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.tag_set
    ADD CONSTRAINT tag_set_digest_key UNIQUE (digest);


--
-- Name: tag_set tag_set_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.tag_set
    ADD CONSTRAINT tag_set_pkey PRIMARY KEY (id);


--
-- Name: test test_digest_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.test
    ADD CONSTRAINT test_digest_key UNIQUE (digest);


--
-- Name: test_duration test_duration_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.test_duration
    ADD CONSTRAINT test_duration_pkey PRIMARY KEY (setup_id, test_id);


--
-- Name: test test_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.test
    ADD CONSTRAINT test_pkey PRIMARY KEY (id);


--
-- Name: token token_name_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.token
    ADD CONSTRAINT token_name_key UNIQUE (name);


--
-- Name: token token_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.token
    ADD CONSTRAINT token_pkey PRIMARY KEY (id);


--
-- Name: token token_sha256_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.token
    ADD CONSTRAINT token_sha256_key UNIQUE (sha256);


--
-- Name: commit_by_hash; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX commit_by_hash ON public.commit USING btree (hash text_pattern_ops);


--
-- Name: result_failed; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX result_failed ON ONLY public.result USING btree (run_id, test_id) INCLUDE (status) WHERE (status = 1);


--
-- Name: result_key; Type: INDEX; Schema: public; Owner: -
--

CREATE UNIQUE INDEX result_key ON ONLY public.result USING btree (run_id, process_no, id);


--
-- Name: result_r1_run_id_process_no_id_idx; Type: INDEX; Schema: public; Owner: -
--

CREATE UNIQUE INDEX result_r1_run_id_process_no_id_idx ON public.result_r1 USING btree (run_id, process_no, id);


--
-- Name: result_r1_run_id_test_id_status_idx; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX result_r1_run_id_test_id_status_idx ON public.result_r1 USING btree (run_id, test_id) INCLUDE (status) WHERE (status = 1);


--
-- Name: result_timeline; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX result_timeline ON ONLY public.result USING btree (test_id, run_id) INCLUDE (status, elapsed_time);


--
-- Name: result_r1_test_id_run_id_status_elapsed_time_idx; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX result_r1_test_id_run_id_status_elapsed_time_idx ON public.result_r1 USING btree (test_id, run_id) INCLUDE (status, elapsed_time);


--
-- Name: run_by_branch; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX run_by_branch ON public.run USING btree ("left"(branch, 200), sorted_at DESC, id DESC) WHERE (branch <> ''::text);


--
-- Name: run_by_build; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX run_by_build ON public.run USING btree ("left"(build_url, 500)) WHERE (build_url <> ''::text);


--
-- Name: run_by_commit; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX run_by_commit ON public.run USING btree (commit_id);


--
-- Name: run_by_setup; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX run_by_setup ON public.run USING btree (setup_id, sorted_at DESC, id DESC);


--
-- Name: run_by_time; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX run_by_time ON public.run USING btree (sorted_at DESC, id DESC);


--
-- Name: run_open; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX run_open ON public.run USING btree (id) WHERE (state <> 'finished'::text);


--
-- Name: test_duration_by_test; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX test_duration_by_test ON public.test_duration USING btree (test_id);


--
-- Name: result_r1_run_id_process_no_id_idx; Type: INDEX ATTACH; Schema: public; Owner: -
--

ALTER INDEX public.result_key ATTACH PARTITION public.result_r1_run_id_process_no_id_idx;


--
-- Name: result_r1_run_id_test_id_status_idx; Type: INDEX ATTACH; Schema: public; Owner: -
--

ALTER INDEX public.result_failed ATTACH PARTITION public.result_r1_run_id_test_id_status_idx;


--
-- Name: result_r1_test_id_run_id_status_elapsed_time_idx; Type: INDEX ATTACH; Schema: public; Owner: -
--

ALTER INDEX public.result_timeline ATTACH PARTITION public.result_r1_test_id_run_id_status_elapsed_time_idx;


--
-- Name: suite_result_r1_pkey; Type: INDEX ATTACH; Schema: public; Owner: -
--

ALTER INDEX public.suite_result_pkey ATTACH PARTITION public.suite_result_r1_pkey;


--
-- Name: artifact artifact_run_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.artifact
    ADD CONSTRAINT artifact_run_id_fkey FOREIGN KEY (run_id) REFERENCES public.run(id) ON DELETE CASCADE;


--
-- Name: process process_run_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.process
    ADD CONSTRAINT process_run_id_fkey FOREIGN KEY (run_id) REFERENCES public.run(id) ON DELETE CASCADE;


--
-- Name: run run_commit_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.run
    ADD CONSTRAINT run_commit_id_fkey FOREIGN KEY (commit_id) REFERENCES public.commit(id);


--
-- Name: run run_configuration_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.run
    ADD CONSTRAINT run_configuration_id_fkey FOREIGN KEY (configuration_id) REFERENCES public.configuration(id);


--
-- Name: run run_setup_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.run
    ADD CONSTRAINT run_setup_id_fkey FOREIGN KEY (setup_id) REFERENCES public.setup(id);


--
-- Name: session session_token_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.session
    ADD CONSTRAINT session_token_id_fkey FOREIGN KEY (token_id) REFERENCES public.token(id) ON DELETE CASCADE;


--
-- Name: test_duration test_duration_setup_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.test_duration
    ADD CONSTRAINT test_duration_setup_id_fkey FOREIGN KEY (setup_id) REFERENCES public.setup(id);


--
-- Name: test_duration test_duration_test_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.test_duration
    ADD CONSTRAINT test_duration_test_id_fkey FOREIGN KEY (test_id) REFERENCES public.test(id);


--
-- PostgreSQL database dump complete
--


