"""The English words by which a sentence is told from a list: small words and verbs."""

_FUNCTION = """
a an the of to in on at by for from with without into over under than as that this these those it its i
we you they he she my our your their there is are was were be been being am do does did has have had can
could may might must shall should will would not no never if when while because since so but which who
what how why where then before after until each every any all both only also need needs about
between during per
above below against beside beyond through within via up out off down around across like whether more less
most least them him us itself much many such same other another own just still yet already again even
"""
_VERBS = """
accept accumulate act add adjust admit aggregate agree align allow am amplify anonymise anonymize answer
apply approve are argue ask assign assume attach attack attribute audit average avoid backtrack balance
be bear became become been began begin believe benchmark bind bought bound break bring broke broken
brought build built buy calculate calibrate call came can cannot capture carry cause challenge change
check choose chose chosen claim classify clean clear clip close cluster collapse collect combine come
commit compare compensate compress compute confirm connect consent consider consume contain contribute
control converge convert copy correct correlate cost could count cover cross cut decide decrease decrypt
deduplicate degrade delay delete deliver deny depend deploy derive describe destroy detect deter did
differ disagree disappear distinguish divide do document does done double draw drawn drew drop duplicate
earn embed emit enable encrypt enforce ensure enter equal escape estimate evaluate exceed exclude execute
exist expect explain explode expose express extract fail fall fallen feed fell file fill filter find
finish fit fix flag follow force forget form format found freeze gave generalise generalize generate get
give given go got govern grant grew group grow grown guarantee guess had halve hand happen has hash have
held help hid hidden hide hold hurt identify ignore imply improve include increase infer inform inject
inspect interrupt introduce invalidate invent invite is isolate issue join judge justify keep kept knew
know known label lack last lead leak lean learn leave led left let lie limit link list load log look lose
lost lower made make map mark mask match matter may mean meant measure memorise memorize mention merge
met might migrate mislead miss mix monitor move multiply must name need negotiate normalise normalize
notify number obtain occur offer open order outweigh overestimate overfit overlap overwrite own paid pass
patch pay penalise perform permit perturb pick plan plant plot point poison predict prefer present press
presume prevent price process produce promise prompt propose protect prove provide prune publish purchase
put quantise quantize quote raise ran rank reach react read reason rebuild recall receive recite
recognise recognize recommend recompute record recover redact reduce refuse register reject relate
release rely remain remember remove render rent repeat replace report reproduce request require resample
rescale reserve resist resolve respond restart restore restrict result resume retain retrain return reuse
reveal review revoke rewrite rise risk rose rotate rule run said sample satisfy saturate save saw say
scale scan schedule score see seek seem select sell send sent separate serve set shard share shift ship
shorten should show shown shrink shuffle sign sit skip slip smooth sold solve sort speak specify spend
spent split spot spread stack stand start state stay steal stick stitch stole stolen stood stop store
stratify stream subtract succeed suffer suggest supply support suppose survive swap synthesise take taken
talk target taught tell tend test think thought threw throw tie told took total touch track train
transfer transform translate treat trigger truncate trust try tune turn underestimate understand
understood unlearn unpickle update upload use validate vary verify violate visit vote wait walk want was
waste watch weaken weigh went were will wipe withdraw won work would wrap write written wrote yield zero
"""
_CLAUSE = (
    "i we you they he she who which that this is are was were will would must should can has have does do"
)
CLAUSE = frozenset(_CLAUSE.split())
FUNCTION = frozenset(_FUNCTION.split())
VERBS = frozenset(_VERBS.split())
