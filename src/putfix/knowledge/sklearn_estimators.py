"""scikit-learn: data sets, and what the methods of estimators do.

An estimator that is not fitted is a few hundred bytes. A fitted one is large where it is many trees, and anything
otherwise: neighbours keep their data, linear models a few numbers. So of others nothing is said about the size. The
kinds are groups of classes, which no annotation names: an estimator made with ``copy=False`` writes into the data
that it transforms, one made with a function of the user's calls it, and one that is made of others does what those
do; about these nothing is known. Neighbours count the queries to their trees.
``fit`` keeps the data for some, and draws random numbers for others.
"""

from putfix.knowledge.rows import Library, Methods, Producers, Reads, names

_DATA = "scikit-learn API reference, sklearn.datasets"
_ESTIMATORS = "scikit-learn API reference, the page of the class"
_CALLING = (
    "copy",
    "copy_X",
    "copy_x",
    "metric",
    "kernel",
    "weights",
    "estimator",
    "base_estimator",
    "callback",
    "init",
)
_FORESTS = names(
    "sklearn.ensemble",
    "ExtraTreesClassifier ExtraTreesRegressor GradientBoostingClassifier GradientBoostingRegressor "
    "HistGradientBoostingClassifier HistGradientBoostingRegressor RandomForestClassifier RandomForestRegressor",
)
_CLASSIFIERS = (
    "sklearn.linear_model.LogisticRegression",
    *names("sklearn.naive_bayes", "BernoulliNB GaussianNB MultinomialNB"),
    "sklearn.neural_network.MLPClassifier",
    *names("sklearn.tree", "DecisionTreeClassifier ExtraTreeClassifier"),
)
_PREDICTORS = (
    *names("sklearn.linear_model", "ElasticNet Lasso LinearRegression Ridge RidgeClassifier"),
    "sklearn.neural_network.MLPRegressor",
    *names("sklearn.svm", "LinearSVC LinearSVR SVC SVR"),
    *names("sklearn.tree", "DecisionTreeRegressor ExtraTreeRegressor"),
)
_TRANSFORMERS = (
    *names("sklearn.decomposition", "PCA TruncatedSVD"),
    *names("sklearn.preprocessing", "MaxAbsScaler MinMaxScaler OneHotEncoder OrdinalEncoder PolynomialFeatures"),
    *names("sklearn.preprocessing", "RobustScaler StandardScaler"),
)
_FETCHED = names(
    "sklearn.datasets",
    "fetch_20newsgroups fetch_20newsgroups_vectorized fetch_california_housing fetch_covtype fetch_kddcup99 "
    "fetch_lfw_pairs fetch_lfw_people fetch_olivetti_faces fetch_rcv1 fetch_species_distributions load_sample_images",
)
_LOADED = names(
    "sklearn.datasets",
    "load_breast_cancer load_diabetes load_iris load_linnerud load_wine fetch_openml load_svmlight_file",
)
_MADE = names(
    "sklearn.datasets",
    "make_blobs make_circles make_classification make_friedman1 make_gaussian_quantiles make_hastie_10_2 "
    "make_low_rank_matrix make_moons make_multilabel_classification make_regression make_s_curve "
    "make_sparse_uncorrelated make_swiss_roll",
)
_METRICS = names(
    "sklearn.metrics",
    "accuracy_score average_precision_score balanced_accuracy_score classification_report confusion_matrix f1_score "
    "log_loss mean_absolute_error mean_squared_error precision_score r2_score recall_score roc_auc_score "
    "silhouette_score",
)

LIBRARY = Library(
    producers=(
        Producers(_FETCHED, "sklearn.utils.Bunch", _DATA, unless=("return_X_y", "subset_only")),
        # 1,797 images of 64 float64 numbers, twice: 1.9 MB, or 0.4 MB with two of the ten classes
        Producers(names("sklearn.datasets", "load_digits"), "sklearn.utils.Bunch", _DATA, unless=("return_X_y",)),
        Producers(
            names("sklearn.datasets", "load_iris load_wine load_diabetes load_linnerud"),
            "sklearn.utils.Bunch",
            _DATA,
            size="small",
            unless=("return_X_y",),
        ),
        Producers(
            names("sklearn.datasets", "make_classification"),
            "builtins.tuple",
            _DATA,
            size="table",
            dimensions=(("n_samples", 0, 100), ("n_features", 1, 20)),
            parts=("numpy.ndarray", "numpy.ndarray"),
            unless=("return_X_y",),
        ),
        Producers(
            names("sklearn.datasets", "make_regression"),
            "builtins.tuple",
            _DATA,
            size="table",
            dimensions=(("n_samples", 0, 100), ("n_features", 1, 100)),
            parts=("numpy.ndarray", "numpy.ndarray"),
            unless=("coef", "n_targets"),
        ),
        Producers(
            names("sklearn.datasets", "make_blobs"),
            "builtins.tuple",
            _DATA,
            size="table",
            dimensions=(("n_samples", 0, 100), ("n_features", 1, 2)),
            parts=("numpy.ndarray", "numpy.ndarray"),
            unless=("return_centers",),
        ),
        Producers(
            ("sklearn.model_selection.train_test_split",),
            "builtins.list",
            "scikit-learn API reference, sklearn.model_selection",
            size="split",
        ),
        Producers(names("sklearn.transformer", "fit_transform transform"), "unknown", _ESTIMATORS, size="transformed"),
        # A forest of 100 trees on 150 samples has 171 KB, gradient boosting 335 KB.
        Producers(
            _FORESTS, "sklearn.forest", _ESTIMATORS, size="unknown", unless=(*_CALLING, "n_estimators", "max_iter")
        ),
        Producers(_CLASSIFIERS, "sklearn.classifier", _ESTIMATORS, size="unknown", unless=_CALLING),
        Producers(_PREDICTORS, "sklearn.predictor", _ESTIMATORS, size="unknown", unless=_CALLING),
        Producers(_TRANSFORMERS, "sklearn.transformer", _ESTIMATORS, size="unknown", unless=_CALLING),
    ),
    reads=(
        Reads((*_FETCHED, *_LOADED, "sklearn.datasets.load_digits", *_MADE), _DATA),
        Reads(
            (
                *_FORESTS,
                *_CLASSIFIERS,
                *_PREDICTORS,
                *_TRANSFORMERS,
                *names("sklearn.model_selection", "KFold StratifiedKFold"),
            ),
            _ESTIMATORS,
            result="view",
        ),
        # fresh for arrays and frames; the items of a list go into the new lists
        Reads(
            names("sklearn.model_selection", "train_test_split"),
            "scikit-learn API reference, sklearn.model_selection",
            result="view",
        ),
        Reads(_METRICS, "scikit-learn API reference, sklearn.metrics"),
    ),
    methods=(
        Methods(
            "sklearn.forest",
            _ESTIMATORS,
            reads=("predict", "score"),
            views=("get_params",),
            changes=("fit", "set_params"),
            fills=("fit",),
            acting=("fit",),
        ),
        Methods(
            "sklearn.classifier",
            _ESTIMATORS,
            reads=("predict", "predict_proba", "score"),
            views=("get_params",),
            changes=("fit", "set_params"),
            acting=("fit",),
        ),
        Methods(
            "sklearn.predictor",
            _ESTIMATORS,
            reads=("predict", "score"),
            views=("get_params",),
            changes=("fit", "set_params"),
            acting=("fit",),
        ),
        Methods(
            "sklearn.transformer",
            _ESTIMATORS,
            views=("get_params", "transform"),
            changes=("fit", "fit_transform", "set_params"),
            acting=("fit", "fit_transform"),
        ),
    ),
)
