"""NetworkX: graphs, and what reads them.

A graph that is made of a file of edges or of a frame is normally larger than 100 KB, from about 6,000 edges on; of what
the generators give, little can be said. Graphs keep the objects that are their nodes and attributes; ``G.nodes``
and ``G.edges`` are views, which the graph keeps once they are made.
"""

from putfix.knowledge.rows import Library, Methods, Producers, Reads, names

_GRAPHS = "NetworkX reference, Graph types"
_INPUT = "NetworkX reference, Reading and writing graphs"
_GENERATORS = "NetworkX reference, Graph generators"
_ALGORITHMS = "NetworkX reference, Algorithms"
_READERS = names("networkx", "read_adjlist read_edgelist read_weighted_edgelist")
_RANDOM = names(
    "networkx",
    "barabasi_albert_graph erdos_renyi_graph fast_gnp_random_graph gnm_random_graph gnp_random_graph "
    "newman_watts_strogatz_graph powerlaw_cluster_graph random_regular_graph watts_strogatz_graph",
)
_FIXED = names("networkx", "complete_graph cycle_graph path_graph star_graph grid_2d_graph")
_SOCIAL = names("networkx", "karate_club_graph les_miserables_graph florentine_families_graph")
_TYPES = names("networkx", "Graph DiGraph MultiGraph MultiDiGraph")

LIBRARY = Library(
    producers=(
        Producers(_READERS, "networkx.Graph", _INPUT, unless=("create_using",), at_most=1),
        Producers(
            names("networkx", "from_pandas_edgelist"), "networkx.Graph", _INPUT, unless=("create_using",), at_most=4
        ),
        Producers(
            _RANDOM, "networkx.Graph", _GENERATORS, size="unknown", unless=("create_using", "directed"), at_most=3
        ),
        Producers(_FIXED, "networkx.Graph", _GENERATORS, size="unknown", unless=("create_using",), at_most=1),
        Producers(_SOCIAL, "networkx.Graph", _GENERATORS, size="unknown", at_most=0),
        *(Producers((kind,), kind, _GRAPHS, size="unknown") for kind in _TYPES),
    ),
    reads=(
        Reads(
            (
                *_READERS,
                *names("networkx", "read_gexf read_gml read_graphml write_adjlist write_edgelist write_gexf write_gml"),
                *names("networkx", "write_graphml write_weighted_edgelist"),
            ),
            _INPUT,
        ),
        Reads((*_RANDOM, *_FIXED, *_SOCIAL), _GENERATORS),
        Reads(
            (*_TYPES, *names("networkx", "from_pandas_edgelist from_numpy_array to_undirected")), _GRAPHS, result="view"
        ),
        Reads(
            names(
                "networkx",
                "average_clustering average_shortest_path_length density diameter is_connected "
                "is_directed_acyclic_graph is_strongly_connected is_weakly_connected "
                "number_connected_components number_of_edges number_of_nodes radius to_numpy_array "
                "to_scipy_sparse_array transitivity has_path",
            ),
            _ALGORITHMS,
        ),
        Reads(
            names(
                "networkx",
                "all_pairs_shortest_path all_pairs_shortest_path_length ancestors betweenness_centrality bfs_tree "
                "closeness_centrality clustering connected_components degree_centrality descendants ego_graph "
                "eigenvector_centrality minimum_spanning_tree neighbors pagerank shortest_path shortest_path_length "
                "single_source_shortest_path single_source_shortest_path_length strongly_connected_components subgraph "
                "to_pandas_edgelist topological_sort weakly_connected_components",
            ),
            _ALGORITHMS,
            result="view",
        ),
    ),
    methods=tuple(
        Methods(
            kind,
            _GRAPHS,
            reads=(
                "has_edge",
                "has_node",
                "is_directed",
                "is_multigraph",
                "number_of_edges",
                "number_of_nodes",
                "order",
                "size",
            ),
            views=tuple(
                "adjacency copy degree edges get_edge_data nbunch_iter neighbors nodes subgraph "
                "to_directed to_undirected".split()
            ),
            changes=("add_edge", "add_node"),
            shrinks=("clear", "clear_edges", "remove_edge", "remove_node"),
            keeps_size=("copy",),
            repeatable=("copy",),
        )
        for kind in _TYPES
    ),
)
